import type { Decisions } from '../../../core/project/schema.ts';
import type { AccuracyView, TuningView } from '../../../electron/shared/schemas/results.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { Resource } from '../../state/resource.svelte.ts';

/** int8 beside fp32, and which layers stay in float. */
export class AccuracyStepState {
  readonly accuracy: Resource<AccuracyView | null>;
  readonly tuning: Resource<TuningView | null>;

  constructor(readonly project: ProjectState) {
    const { api } = project.app;
    this.accuracy = new Resource(() => api.call('accuracy.get'));
    this.tuning = new Resource(() => api.call('tuning.get'));
  }

  get choices(): Decisions['accuracy'] {
    return this.project.decisions.accuracy;
  }

  get isCalibrated(): boolean {
    return this.project.isDone('calibrate');
  }

  /** Whether the best scales were made for another model or other pictures. */
  get isTuningOutdated(): boolean {
    return this.project.statusOf('accuracy').reasons.includes('tuning.outdated');
  }

  /** Layers that the scales in use leave in float. */
  get keptBySearch(): readonly string[] {
    return this.choices.scales === 'best' ? (this.tuning.value?.keptFloat ?? []) : [];
  }

  async read(): Promise<void> {
    await Promise.all([this.accuracy.load(), this.tuning.load()]);
  }

  async useScales(scales: Decisions['accuracy']['scales']): Promise<void> {
    await this.project.decide({ step: 'accuracy', change: { scales } });
  }

  async setFloatLayers(floatLayers: Decisions['accuracy']['floatLayers']): Promise<void> {
    await this.project.decide({ step: 'accuracy', change: { floatLayers } });
  }

  async setPictures(pictures: number | null): Promise<void> {
    await this.project.decide({ step: 'accuracy', change: { pictures } });
  }

  async keepInFloat(layer: string): Promise<void> {
    await this.setKept([...new Set([...this.choices.keepInFloat, layer])]);
  }

  async quantiseAgain(layer: string): Promise<void> {
    await this.setKept(this.choices.keepInFloat.filter((name) => name !== layer));
  }

  private async setKept(keepInFloat: string[]): Promise<void> {
    await this.project.decide({ step: 'accuracy', change: { keepInFloat } });
  }
}

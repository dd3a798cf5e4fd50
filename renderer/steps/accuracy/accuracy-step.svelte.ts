import type { Decisions } from '../../../core/project/schema.ts';
import type { AccuracyView } from '../../../electron/shared/schemas/results.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { Resource } from '../../state/resource.svelte.ts';

/** int8 beside fp32, and which layers stay in float. */
export class AccuracyStepState {
  readonly accuracy: Resource<AccuracyView | null>;

  constructor(readonly project: ProjectState) {
    this.accuracy = new Resource(() => project.app.api.call('accuracy.get'));
  }

  get choices(): Decisions['accuracy'] {
    return this.project.decisions.accuracy;
  }

  get isCalibrated(): boolean {
    return this.project.isDone('calibrate');
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

import type { Decisions } from '../../../core/project/schema.ts';
import type { CallResult } from '../../../electron/shared/ipc-schema.ts';
import type { CalibrationView, HistogramView } from '../../../electron/shared/schemas/results.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { Resource } from '../../state/resource.svelte.ts';

export type CalibratedLayer = CalibrationView['layers'][number];
const BINS = 256;
/** Relative errors from which a layer deserves a look, and from which it is hard: 26 and 18 dB of signal over noise. */
const WATCH = 0.05;
const HARD = 0.12;

/** How hard a layer is to quantise, in three steps. */
export function troubleLevel(trouble: number): 'low' | 'medium' | 'high' {
  if (trouble >= HARD) return 'high';
  return trouble >= WATCH ? 'medium' : 'low';
}

/** The device, the thresholds that were found, and the layer whose histogram is looked at. */
export class CalibrateStepState {
  readonly devices: Resource<CallResult<'devices.list'>>;
  readonly calibration: Resource<CalibrationView | null>;
  readonly histogram: Resource<HistogramView>;
  sort = $state<'trouble' | 'order'>('trouble');
  axis = $state<'linear' | 'log'>('log');
  /** Key of the layer that is looked at. */
  key = $state<string>();

  readonly layers: readonly CalibratedLayer[] = $derived.by(() => {
    const layers = this.calibration.value?.layers ?? [];
    return this.sort === 'order' ? layers : layers.toSorted((a, b) => b.trouble - a.trouble);
  });
  readonly selected: CalibratedLayer | undefined = $derived(this.layers.find(({ key }) => key === this.key));

  constructor(readonly project: ProjectState) {
    const { api } = project.app;
    this.devices = new Resource(() => api.call('devices.list'));
    this.calibration = new Resource(() => api.call('calibration.get'));
    this.histogram = new Resource(() => api.call('calibration.histogram', { key: this.key ?? '', bins: BINS }));
  }

  get choices(): Decisions['calibrate'] {
    return this.project.decisions.calibrate;
  }

  /** Code of why it cannot be started now; undefined where it can. */
  get obstacle(): 'images' | undefined {
    return this.project.isDone('images') && this.project.isDone('model') ? undefined : 'images';
  }

  async read(): Promise<void> {
    // Trying devices takes seconds, for which nothing else waits.
    void this.devices.load();
    await this.calibration.load();
    if (this.selected === undefined) this.key = this.layers.at(0)?.key;
    if (this.key !== undefined) await this.histogram.load();
  }

  async select(key: string): Promise<void> {
    this.key = key;
    await this.histogram.load();
  }

  async change(change: Partial<Decisions['calibrate']>): Promise<void> {
    await this.project.decide({ step: 'calibrate', change });
  }

  /** What would be used then has to be found out. */
  async changeDevice(device: Decisions['calibrate']['device']): Promise<void> {
    await this.change({ device });
    await this.devices.load();
  }

  async chooseTable(): Promise<void> {
    const { app } = this.project;
    const table = app.taken(await app.api.call('dialog.openFile', { kind: 'table' }));
    if (typeof table === 'string') await this.change({ table });
  }

  async saveTable(): Promise<void> {
    const { app } = this.project;
    const suggestedName = `${this.project.view.name}.table`;
    const path = app.taken(await app.api.call('dialog.saveFile', { kind: 'table', suggestedName }));
    if (typeof path === 'string') app.taken(await app.api.call('results.save', { what: 'table', path }));
  }
}

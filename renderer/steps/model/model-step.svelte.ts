import type { NetworkView } from '../../../electron/shared/schemas/network.ts';
import { modelFileKind } from '../../state/paths.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { Resource } from '../../state/resource.svelte.ts';

/** The network that was chosen, what is looked for in it, and which layer is looked at. */
export class ModelStepState {
  readonly network: Resource<NetworkView | null>;
  search = $state('');
  selected = $state<number>();
  view = $state<'graph' | 'list'>('graph');
  /** File found beside the one that was chosen; null where there was none. */
  partner = $state<string | null>();
  /** A dropped file that is no part of a model. */
  refused = $state<string>();

  readonly found: ReadonlySet<number> = $derived.by(() => {
    const wanted = this.search.trim().toLowerCase();
    if (wanted === '') return new Set<number>();
    const layers = this.network.value?.layers ?? [];
    return new Set(
      layers.flatMap(({ name, type }, index) => (`${name} ${type}`.toLowerCase().includes(wanted) ? [index] : [])),
    );
  });

  constructor(private readonly project: ProjectState) {
    this.network = new Resource(() => project.app.api.call('network.get'));
  }

  /** Selects the next layer that the search found, the first one after the last. */
  nextFound(): void {
    const found = [...this.found];
    this.selected = found.find((index) => index > (this.selected ?? -1)) ?? found.at(0);
  }

  get isComplete(): boolean {
    const { proto, weights } = this.project.decisions.model;
    return proto !== null && weights !== null;
  }

  /** Reads the network where it was chosen and not read yet, or its files have changed since. */
  async readIfNeeded(): Promise<void> {
    const { app, stages } = this.project;
    const { state } = this.project.statusOf('model');
    if (!this.isComplete || stages.load.isActive || (state !== 'current' && state !== 'outdated')) return;
    const outcome = await app.api.call('stages.start', { stage: 'load' });
    // The engine may have begun by itself meanwhile.
    if (!outcome.ok && outcome.error.code !== 'stage.running') app.taken(outcome);
  }

  async choose(kind: 'proto' | 'weights'): Promise<void> {
    const { app } = this.project;
    const path = app.taken(
      await app.api.call('dialog.openFile', { kind: kind === 'proto' ? 'prototxt' : 'caffemodel' }),
    );
    if (typeof path === 'string') await this.take(path);
  }

  /** Takes files that were dropped: one of the pair, or both. */
  async drop(paths: readonly string[]): Promise<void> {
    const files = paths.filter((path) => modelFileKind(path) !== undefined);
    this.refused = files.length === 0 ? paths.at(0) : undefined;
    const proto = files.find((path) => modelFileKind(path) === 'proto');
    const weights = files.find((path) => modelFileKind(path) === 'weights');
    if (proto !== undefined && weights !== undefined) await this.decide({ proto, weights });
    else if (files.length > 0) await this.take(files[0]);
  }

  /** Takes one file, and the other of the pair where that lies beside it. */
  private async take(path: string): Promise<void> {
    const { app } = this.project;
    const kind = modelFileKind(path) ?? 'proto';
    const partner = app.taken(await app.api.call('network.findPartner', { path })) ?? null;
    this.partner = partner;
    const own = kind === 'proto' ? { proto: path } : { weights: path };
    const other = partner === null ? {} : kind === 'proto' ? { weights: partner } : { proto: partner };
    await this.decide({ ...own, ...other });
  }

  private async decide(change: { readonly proto?: string; readonly weights?: string }): Promise<void> {
    this.selected = undefined;
    this.search = '';
    await this.project.decide({ step: 'model', change });
    await this.network.load();
  }
}

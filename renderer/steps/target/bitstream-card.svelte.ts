import type { WireError } from '../../../electron/shared/schemas/basics.ts';
import type { BitstreamCommandView, CheckedBitstreamView } from '../../../electron/shared/schemas/results.ts';
import type { ProjectState } from '../../state/project.svelte.ts';
import { Resource } from '../../state/resource.svelte.ts';

/** The accelerator's bitstream for the chosen board: the file, what was found in it, and where one comes from. */
export class BitstreamCardState {
  readonly command: Resource<BitstreamCommandView>;
  /** Of the file that is chosen; null where none is. */
  readonly checked: Resource<CheckedBitstreamView | null>;
  /** Why the file that was picked last was not taken. */
  refused = $state.raw<WireError>();

  constructor(readonly project: ProjectState) {
    const { api } = project.app;
    this.command = new Resource(() => api.call('bitstream.command'));
    this.checked = new Resource(() => {
      const { path } = this;
      return path === null ? Promise.resolve({ ok: true, value: null }) : api.call('bitstream.check', { path });
    });
  }

  get path(): string | null {
    return this.project.decisions.target.bitstream;
  }

  async read(): Promise<void> {
    this.refused = undefined;
    await Promise.all([this.command.load(), this.checked.load()]);
  }

  /** A file that does not pass the check does not become the project's. */
  async choose(): Promise<void> {
    const { app } = this.project;
    const path = app.taken(await app.api.call('dialog.openFile', { kind: 'bitstream' }));
    if (typeof path !== 'string') return;
    const outcome = await app.api.call('bitstream.check', { path });
    this.refused = outcome.ok ? undefined : outcome.error;
    if (outcome.ok) await this.keep(path);
  }

  async keep(bitstream: string | null): Promise<void> {
    await this.project.decide({ step: 'target', change: { bitstream } });
    await this.checked.load();
  }
}

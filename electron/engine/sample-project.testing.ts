import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StageName, StageView } from '../shared/schemas/stages.ts';
import { Engine, type OpenProject } from './engine.ts';

const resources = fileURLToPath(new URL('../../resources', import.meta.url));

/** An engine with a new project of the bundled sample, for tests of stages. */
export interface SampleProject extends OpenProject {
  readonly engine: Engine;
  /** Runs a stage to its end. */
  readonly run: (stage: StageName) => Promise<StageView>;
  /** Removes the project's folder. */
  readonly remove: () => Promise<void>;
}

export async function openSampleProject(): Promise<SampleProject> {
  const folder = await mkdtemp(join(tmpdir(), 'cortado-sample-'));
  const ended = new Map<StageName, (view: StageView) => void>();
  const engine = new Engine(
    (name, payload) => {
      if (name !== 'stage') return;
      const view = payload as StageView;
      if (view.status !== 'queued' && view.status !== 'running') ended.get(view.stage)?.(view);
    },
    () => undefined,
  );
  const request = { kind: 'create', folder: join(folder, 'p'), name: 'p', from: 'sample' } as const;
  await engine.openProject(request, { resources, virtualBoard: { available: true, reason: null } });
  return {
    ...engine.project,
    engine,
    run: (stage) =>
      new Promise<StageView>((resolve) => {
        ended.set(stage, resolve);
        engine.project.desk.start(stage);
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

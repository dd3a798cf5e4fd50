import { app } from 'electron';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecentProjects } from '../../core/project/recent.ts';
import type { Handlers } from '../shared/answer-call.ts';
import type { MainCallName } from '../shared/ipc-schema.ts';
import type { ProjectView } from '../shared/schemas/stages.ts';
import type { EngineHost } from './engine-host.ts';
import type { Settings } from './settings.ts';

type ProjectCall = Extract<MainCallName, `project.${string}` | 'engine.restart'>;

/** Calls about which project is open. */
export function projectCalls(engine: EngineHost, recent: RecentProjects, settings: Settings): Handlers<ProjectCall> {
  const remember = async (view: ProjectView): Promise<ProjectView> => {
    await recent.add(view.folder, view.name);
    await settings.set({ lastProject: view.folder });
    return view;
  };
  return {
    'project.recent': async () => [...(await recent.list())],
    'project.forget': ({ folder }) => recent.forget(folder).then(() => undefined),
    'project.create': async (request) => remember(await engine.open({ kind: 'create', ...request })),
    'project.suggestFolder': ({ name }) => suggestFolder(join(app.getPath('documents'), 'Cortado'), name),
    'project.open': async ({ folder }) => remember(await engine.open({ kind: 'open', folder })),
    'project.close': async () => {
      await engine.close();
      await settings.set({ lastProject: null, lastStep: null });
      return undefined;
    },
    'project.look': async ({ step }) => {
      await settings.set({ lastStep: step });
      return undefined;
    },
    'engine.restart': () => engine.restart(),
  };
}

/** `Cortado/digits` under the user's documents, with a number behind it where that is taken. */
export async function suggestFolder(parent: string, name: string): Promise<string> {
  const base =
    name
      .trim()
      .replace(/[\\/:*?"<>|\p{Cc}]+/gu, '-')
      .replace(/^\.+|[. ]+$/g, '') || 'project';
  const taken = new Set(await readdir(parent).catch(() => [] as string[]));
  let candidate = base;
  for (let number = 2; taken.has(candidate); number++) candidate = `${base} ${number}`;
  return join(parent, candidate);
}

import { app } from 'electron';
import { join } from 'node:path';
import type { EngineSurroundings } from '../shared/messages.ts';
import { virtualBoardState } from './virtual-board.ts';

/** From source, bundles lie in `build/app`. */
const REPOSITORY = join(__dirname, '..', '..');

/** Folder with `agents`, `boards`, `sample` and `icons`: beside the archive in an installed app, the repository's own from source. */
export function resourcesFolder(): string {
  return app.isPackaged ? join(process.resourcesPath, 'resources') : join(REPOSITORY, 'resources');
}

/** The notices travel beside the resources. */
export function noticesFile(): string {
  return join(app.isPackaged ? process.resourcesPath : REPOSITORY, 'THIRD-PARTY-NOTICES.md');
}

/** What the engine needs to know of where it runs. */
export function engineSurroundings(): EngineSurroundings {
  return { resources: resourcesFolder(), virtualBoard: virtualBoardState(join(resourcesFolder(), 'agents')) };
}

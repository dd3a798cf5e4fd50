import { app } from 'electron';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

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

/** Whether the virtual board can run here; where not, a code for the catalogue says why. */
export function virtualBoardState(): { readonly available: boolean; readonly reason: string | null } {
  if (process.platform !== 'linux') return { available: false, reason: `no-agent.${process.platform}` };
  const architecture = { x64: 'x86_64', arm64: 'aarch64', arm: 'armv7' }[process.arch as string];
  if (architecture === undefined) return { available: false, reason: `no-agent.${process.arch}` };
  try {
    accessSync(join(resourcesFolder(), 'agents', architecture, 'cortado-agent'), constants.X_OK);
    return { available: true, reason: null };
  } catch {
    return { available: false, reason: 'agent-not-built' };
  }
}

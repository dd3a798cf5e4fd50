import { extname } from 'node:path';
import type { LongCall } from '../../common/progress.ts';
import type { BoardConnection } from '../ssh/connection.ts';
import { remoteSha256 } from './remote-hash.ts';
import { upload } from './upload.ts';
import type { LocalFile } from './upload.ts';
import type { WorkspacePlace } from './workspace.ts';

export interface InstallRequest extends LongCall {
  readonly file: LocalFile;
  /** Its name on the board: `cortado-agent`. */
  readonly name: string;
  readonly mode: number;
  /** What it is, for progress: `agent`. */
  readonly what: string;
  /** Whether it stays on the board for the next run. */
  readonly keep: boolean;
}

export interface Installed {
  /** On the board. */
  readonly path: string;
  /** `present`: a kept copy of the same content was there. */
  readonly how: 'sftp' | 'pipe' | 'present';
}

/** Puts a file into the run's folder, or among the kept files; a kept one of the same content is used as it is. */
export async function install(
  connection: BoardConnection,
  place: WorkspacePlace,
  request: InstallRequest,
): Promise<Installed> {
  const { file, name, mode, what, keep, signal, onProgress } = request;
  const extension = extname(name);
  const keptName = `${name.slice(0, name.length - extension.length)}-${file.sha256.slice(0, 16)}${extension}`;
  const kept = place.shared === null ? undefined : `${place.shared}/${keptName}`;
  if (kept !== undefined && (await remoteSha256(connection, kept, signal)) === file.sha256) {
    return { path: kept, how: 'present' };
  }
  const path = keep && kept !== undefined ? kept : `${place.folder}/${name}`;
  const temporaryFolder = place.folder;
  const how = await upload(connection, { source: file, target: path, temporaryFolder, mode, what, signal, onProgress });
  return { path, how };
}

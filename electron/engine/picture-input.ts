import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNpy } from '../../core/common/npy.ts';
import { normalise } from '../../core/images/normalise.ts';
import { decodeToPixels } from '../../core/images/pixels.ts';
import { onlyInput } from '../../core/network/only-input.ts';
import { undecided, type ProjectSession } from './project-session.ts';

/** A file with an input of the network, and how it is taken away again. */
export interface InputFile {
  readonly file: string;
  readonly remove: () => Promise<void>;
}

/** The picture that the board shall answer, as the network's input; undefined where none was chosen. */
export async function pictureInput(session: ProjectSession, signal: AbortSignal): Promise<InputFile | undefined> {
  const { picture } = session.project.decisions.run;
  if (picture === null) return undefined;
  const preprocessing = await session.preprocessingValue(await session.images());
  if (preprocessing === undefined) throw undecided('pictures (the network takes tensors)', 'images');
  const shape = [1, ...onlyInput(await session.network()).shape.slice(1)];
  const pixels = await decodeToPixels(session.project.pathOf(picture), preprocessing, signal);
  const folder = await mkdtemp(join(tmpdir(), 'cortado-input-'));
  const file = join(folder, 'input.npy');
  await writeNpy(file, { shape, data: normalise(pixels, preprocessing) });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

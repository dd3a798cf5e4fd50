import { acceptBitstream } from '../../core/build/fpga/vivado/build-bitstream.ts';
import type { BoardAddress } from '../../core/deploy/address.ts';
import type { ProjectSession } from './project-session.ts';

/**
 * The bitstream for a board that has not loaded the accelerator: checked once more, since board and file may have changed since it
 * was chosen. A virtual board has nothing to load it into, and the processor alone needs none.
 * @throws CortadoError `fpga.board`, `file.read`, `bitstream.…`
 */
export async function bitstreamToLoad(
  { project, fpgaFolder }: ProjectSession,
  kind: BoardAddress['kind'],
): Promise<string | undefined> {
  const { target, run } = project.decisions;
  if (kind === 'virtual' || target.backend !== 'fpga' || run.backend !== 'auto') return undefined;
  if (target.bitstream === null) return undefined;
  const file = project.pathOf(target.bitstream);
  await acceptBitstream(file, target.board ?? '', fpgaFolder);
  return file;
}

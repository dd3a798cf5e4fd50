import { join } from 'node:path';
import { checkedBitstream } from '../../../core/build/fpga/vivado/check-bitstream.ts';
import { bitstreamCommand } from '../../../core/build/fpga/vivado/vivado-command.ts';
import { BITSTREAM_FOLDER } from '../../../core/project/layout.ts';
import type { Handlers } from '../../shared/answer-call.ts';
import type { EngineCallName } from '../../shared/ipc-schema.ts';
import type { Engine } from '../engine.ts';
import { undecided } from '../project-session.ts';

/** Calls about the bitstream of the project's board. */
export function bitstreamQueries(engine: Engine): Handlers<Extract<EngineCallName, `bitstream.${string}`>> {
  const board = (): string => {
    const chosen = engine.project.session.project.decisions.target.board;
    if (chosen === null) throw undecided('a board', 'target');
    return chosen;
  };
  return {
    'bitstream.check': async ({ path }) => {
      const { project, fpgaFolder } = engine.project.session;
      const { header, utilisation, timing, notes } = await checkedBitstream(project.pathOf(path), board(), fpgaFolder);
      return { header, utilisation, timing, notes: [...notes] };
    },
    'bitstream.command': () => {
      const { project, fpgaFolder } = engine.project.session;
      return bitstreamCommand(board(), fpgaFolder, join(project.folder, BITSTREAM_FOLDER));
    },
  };
}

import type { Command } from 'commander';
import { writeFileAtomically } from '../../common/files.ts';
import { drawNetwork } from '../../network/drawing/svg.ts';
import { formatInspection } from '../../network/inspect-table.ts';
import { inspectNetwork } from '../../network/inspect.ts';
import { loadNetwork } from '../../network/load.ts';
import { inputShapeOption } from '../options.ts';
import { print } from '../terminal.ts';

interface InspectFlags {
  readonly proto: string;
  readonly model?: string;
  readonly inputShape?: readonly number[];
  readonly json?: true;
  readonly graph?: string;
}

export function addInspectCommand(program: Command): void {
  program
    .command('inspect')
    .description(
      'lists the layers with shapes, parameters, multiply-accumulates, and what runs as int8 or float, and why',
    )
    .requiredOption('--proto <file>', 'deploy.prototxt')
    .option('--model <file>', '.caffemodel; without it shapes and counts are shown, weights are not checked')
    .option(...inputShapeOption)
    .option('--json', 'print JSON')
    .option('--graph <file>', 'also draw the network into this .svg file')
    .action(async (flags: InspectFlags) => {
      const network = await loadNetwork(flags, { inputShape: flags.inputShape });
      const inspection = inspectNetwork(network);
      if (flags.graph !== undefined) await writeFileAtomically(flags.graph, drawNetwork(network, inspection));
      print(flags.json === true ? JSON.stringify(inspection, null, 2) : formatInspection(inspection));
    });
}

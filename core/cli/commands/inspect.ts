import type { Command } from 'commander';
import { formatInspection } from '../../network/inspect-table.ts';
import { inspectNetwork } from '../../network/inspect.ts';
import { loadNetwork } from '../../network/load.ts';
import { print } from '../terminal.ts';

interface InspectFlags {
  readonly proto: string;
  readonly model?: string;
  readonly json?: true;
}

export function addInspectCommand(program: Command): void {
  program
    .command('inspect')
    .description(
      'lists the layers with shapes, parameters, multiply-accumulates, and what runs as int8 or float, and why',
    )
    .requiredOption('--proto <file>', 'deploy.prototxt')
    .option('--model <file>', '.caffemodel; without it shapes and counts are shown, weights are not checked')
    .option('--json', 'print JSON')
    .action(async (flags: InspectFlags) => {
      const inspection = inspectNetwork(await loadNetwork(flags));
      print(flags.json === true ? JSON.stringify(inspection, null, 2) : formatInspection(inspection));
    });
}

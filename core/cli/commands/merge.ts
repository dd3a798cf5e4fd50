import type { Command } from 'commander';
import { mergeShards } from '../../calibration/shards/merge-shards.ts';
import { writeCalibration } from './write-calibration.ts';

interface MergeFlags {
  readonly output: string;
  readonly json?: true;
}

export function addMergeCommand(program: Command, signal: AbortSignal): void {
  program
    .command('merge')
    .description('makes the scale table of parts that "cortado calibrate --shard" counted')
    .argument('<shards...>', 'the files of all parts, in any order')
    .requiredOption('--output <file>', 'the table that is written')
    .option('--json', 'print the thresholds as JSON')
    .action(async (shards: readonly string[], flags: MergeFlags) => {
      await writeCalibration(await mergeShards(shards, signal), flags);
    });
}

import { availableParallelism } from 'node:os';
import { tuningFile, writeTunedTable } from '../../calibration/tuning/tuning.ts';
import { CortadoError } from '../../common/errors.ts';
import type { Preprocessing } from '../../images/preprocessing.ts';
import { withInputShapes } from '../../network/infer.ts';
import type { Network } from '../../network/network.ts';
import type { TuningStep } from '../../tuning/search.ts';
import { tune } from '../../tuning/tune.ts';
import { agentRunner } from '../local-runner.ts';
import { note, print, progressOnStderr } from '../terminal.ts';
import { textTable } from '../text-table.ts';
import { noteSkipped } from './write-calibration.ts';

interface BestAccuracy {
  readonly network: Network;
  readonly inputs: readonly string[];
  readonly preprocessing: Preprocessing | undefined;
}

interface BestFlags {
  readonly output: string;
  readonly format: string;
  readonly method?: string;
  readonly group?: string;
  readonly mixed?: number;
  readonly json?: true;
}

/** `calibrate --best-accuracy`: writes the table and its tuning, and says what each step won. */
export async function calibrateBest(
  { network, inputs, preprocessing }: BestAccuracy,
  flags: BestFlags,
  signal: AbortSignal,
): Promise<void> {
  if (flags.format !== 'ncnn' || flags.method !== undefined || flags.group !== undefined) {
    throw new CortadoError(
      'cli.usage',
      '--best-accuracy chooses methods itself and writes the format ncnn.',
      'Leave --format, --method and --group out.',
      { location: { field: '--best-accuracy' } },
    );
  }
  const shapes = network.inputs.map(({ name, shape }) => [name, [1, ...shape.slice(1)]] as const);
  const { table, tuning, keptFloat, steps, skipped, notes } = await tune({
    network: withInputShapes(network, new Map(shapes)),
    inputs,
    preprocessing,
    runner: await agentRunner(availableParallelism(), signal),
    floatShare: flags.mixed === undefined ? undefined : flags.mixed / 100,
    signal,
    onProgress: progressOnStderr(),
  });
  noteSkipped(skipped);
  notes.forEach(note);
  await writeTunedTable(flags.output, table, tuning);
  print(
    flags.json === true
      ? JSON.stringify({ output: flags.output, keptFloat, steps, skipped, notes }, null, 2)
      : stepTable(steps),
  );
  if (keptFloat.length > 0) note(`In float: ${keptFloat.join(', ')} (--mixed 0 keeps everything in int8).`);
  note(`Wrote ${flags.output} and ${tuningFile(flags.output)}: keep them together, the table is of no use without it.`);
}

function stepTable(steps: readonly TuningStep[]): string {
  return textTable(
    ['step', 'loss', 'agreement', 'kept'],
    steps.map(({ what, loss, agreement, kept }) => [
      what,
      loss.toFixed(4),
      `${(100 * agreement).toFixed(1)} %`,
      kept ? 'yes' : 'no',
    ]),
  );
}

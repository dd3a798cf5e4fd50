import type { Command } from 'commander';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CortadoError } from '../../common/errors.ts';
import { npyToTensor, readNpy, writeNpy } from '../../common/npy.ts';
import type { Tensor } from '../../common/tensor.ts';
import { createForwardSession } from '../../inference/onnx-session.ts';
import { loadNetwork } from '../../network/load.ts';
import { onlyInput } from '../../network/only-input.ts';
import { inputShapeOption, parseCount } from '../options.ts';
import { note } from '../terminal.ts';

interface ForwardFlags {
  readonly proto: string;
  readonly model: string;
  readonly inputShape?: readonly number[];
  readonly input: string;
  readonly output: string;
  readonly blob?: readonly string[];
  readonly threads?: number;
}

export function addForwardCommand(program: Command, signal: AbortSignal): void {
  program
    .command('forward')
    .description('runs the network in fp32 and writes blobs as .npy')
    .requiredOption('--proto <file>', 'deploy.prototxt')
    .requiredOption('--model <file>', '.caffemodel')
    .option(...inputShapeOption)
    .requiredOption('--input <file>', '.npy with the input (number, channels, height, width), used as it is')
    .requiredOption('--output <folder>', 'where NAME.npy is written; "/" in a name becomes "_"')
    .option(
      '--blob <name>',
      "a blob's name (its last value), or a layer's (its top as the layer leaves it); again for more; the network's outputs if absent",
      (name: string, previous: readonly string[] | undefined) => [...(previous ?? []), name],
    )
    .option('--threads <count>', 'threads of the forward pass', parseCount)
    .action((flags: ForwardFlags) => forward(flags, signal));
}

async function forward(flags: ForwardFlags, signal: AbortSignal): Promise<void> {
  const network = await loadNetwork(flags, { inputShape: flags.inputShape });
  const input = npyToTensor(await readNpy(flags.input));
  const { name } = onlyInput(network);
  const names = flags.blob ?? network.outputs;
  const files = blobFiles(names, flags.output);
  const session = await createForwardSession(network, {
    outputs: names,
    inputShapes: new Map([[name, input.shape]]),
    ...(flags.threads === undefined ? {} : { threads: flags.threads }),
  });
  try {
    const results = await session.run(new Map([[name, input]]));
    signal.throwIfAborted();
    await writeBlobs(results, files, flags.output);
    note(`${session.device}: wrote ${[...files.values()].join(', ')}`);
  } finally {
    await session.close();
  }
}

async function writeBlobs(
  results: ReadonlyMap<string, Tensor>,
  files: ReadonlyMap<string, string>,
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, file] of files) {
    const blob = results.get(name);
    if (blob !== undefined) await writeNpy(file, blob);
  }
}

/** A file for each blob. Throws `cli.usage` where two names would share one. */
function blobFiles(names: readonly string[], folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const taken = new Map<string, string>();
  for (const name of names) {
    const file = join(folder, `${name.replaceAll('/', '_')}.npy`);
    const other = taken.get(file);
    if (other !== undefined && other !== name) {
      throw new CortadoError(
        'cli.usage',
        `The blobs ${other} and ${name} would both be written to ${file}.`,
        'Write them in two calls, to two folders.',
        { location: { field: '--blob' } },
      );
    }
    taken.set(file, name);
    files.set(name, file);
  }
  return files;
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npyToTensor, readNpy, writeNpy } from '../common/npy.ts';
import type { Tensor } from '../common/tensor.ts';
import { execute } from '../quantization/execute/execute.ts';
import { quantiseBlob } from '../quantization/execute/convert.ts';
import type { QuantizedNetwork } from '../quantization/quantized-network.ts';

/**
 * Runs a package once for each line `INPUT.npy OUTPUT.npy` of a list, as `cortado-agent run --input-list` does: a single
 * output under the name given, several with .1, .2 … before `.npy`.
 */
export type PackageRunner = (packageFile: string, listFile: string, onInput?: InputListener) => Promise<void>;

/** Is told how many inputs of a batch are done, after each. */
export type InputListener = (done: number) => void;

/** Outputs of an int8 network, in its order, for inputs in batches. */
export interface Int8Outputs {
  run(inputs: readonly Tensor[], onInput?: InputListener): Promise<readonly (readonly Float32Array[])[]>;
  close(): Promise<void>;
}

/** Through a runner of packages: the agent's own integer arithmetic, at the speed of compiled code. */
export async function packageOutputs(bytes: Uint8Array, outputs: number, runner: PackageRunner): Promise<Int8Outputs> {
  const folder = await mkdtemp(join(tmpdir(), 'cortado-evaluate-'));
  const packageFile = join(folder, 'evaluated.cortado');
  await writeFile(packageFile, bytes);
  return {
    run: async (inputs, onInput) => {
      const lines = await Promise.all(
        inputs.map(async (input, index) => {
          const [from, to] = [join(folder, `${index}.npy`), join(folder, `${index}-out.npy`)];
          await writeNpy(from, input);
          return `${from} ${to}`;
        }),
      );
      const list = join(folder, 'list.txt');
      await writeFile(list, `${lines.join('\n')}\n`);
      await runner(packageFile, list, onInput);
      return Promise.all(inputs.map((_, index) => readOutputs(folder, index, outputs)));
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function readOutputs(folder: string, index: number, outputs: number): Promise<readonly Float32Array[]> {
  const names = Array.from(
    { length: outputs },
    (_, output) => `${index}-out${outputs === 1 ? '' : `.${output + 1}`}.npy`,
  );
  return Promise.all(names.map(async (name) => npyToTensor(await readNpy(join(folder, name))).data));
}

/** In TypeScript, for systems without an agent: the same integers, some ten times slower. */
export function executedOutputs(network: QuantizedNetwork, signal?: AbortSignal): Int8Outputs {
  const { type, scale } = network.tensors[network.inputs[0]];
  return {
    run: async (inputs, onInput) => {
      const results: (readonly Float32Array[])[] = [];
      for (const { data } of inputs) {
        const outputs = await execute(network, [type === 'int8' ? quantiseBlob(data, scale) : data], { signal });
        results.push(outputs.map((output) => Float32Array.from(output)));
        onInput?.(results.length);
      }
      return results;
    },
    close: () => Promise.resolve(),
  };
}

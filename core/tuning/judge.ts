import type { ScaleTable } from '../calibration/table.ts';
import { encodeTrialPackage } from '../build/neon/trial-package.ts';
import type { Tensor } from '../common/tensor.ts';
import { executedOutputs, packageOutputs, type PackageRunner } from '../evaluation/int8-outputs.ts';
import type { Graph } from '../graph/graph.ts';
import type { ForwardSession } from '../inference/session.ts';
import { quantizeNetwork } from '../quantization/quantize.ts';
import { upTo } from './judged-outputs.ts';
import { outputLoss, type OutputLoss } from './output-loss.ts';

/** An int8 network that might be the best. */
export interface Contender {
  /** With the weights that `table` is for. */
  readonly graph: Graph;
  readonly table: ScaleTable;
}

/** How a contender did on the inputs that decide. */
export interface Verdict {
  /** The mean of `losses`. */
  readonly loss: number;
  readonly agreement: number;
  readonly losses: readonly number[];
}

/** Inputs that are run at a time: what bounds memory, the disk, and the time without a sign of life. */
const batch = 16;

/** Compares int8 networks with fp32 on inputs that none of them was calibrated on. */
export class Judge {
  private constructor(
    private readonly inputs: readonly Tensor[],
    private readonly exact: readonly (readonly Float32Array[])[],
    private readonly outputs: readonly string[],
    private readonly runner: PackageRunner | undefined,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** @param session returns `outputs` in fp32 */
  static async create(
    session: ForwardSession,
    inputName: string,
    inputs: readonly Tensor[],
    outputs: readonly string[],
    { runner, signal }: { readonly runner: PackageRunner | undefined; readonly signal: AbortSignal | undefined },
  ): Promise<Judge> {
    const exact: (readonly Float32Array[])[] = [];
    for (const input of inputs) {
      signal?.throwIfAborted();
      const results = await session.run(new Map([[inputName, input]]));
      exact.push(outputs.map((id) => results.get(id)?.data ?? new Float32Array()));
    }
    return new Judge(inputs, exact, outputs, runner, signal);
  }

  /**
   * Runs the contender in the integer arithmetic of boards.
   * @param onSign is called now and then
   */
  async judge({ graph, table }: Contender, onSign: () => void = () => undefined): Promise<Verdict> {
    const { inputs, outputs, runner, signal } = this;
    const { network } = quantizeNetwork(upTo(graph, outputs), table, 'int8');
    const int8 =
      runner === undefined
        ? executedOutputs(network)
        : await packageOutputs(encodeTrialPackage(network), outputs.length, runner);
    const results: OutputLoss[] = [];
    try {
      for (let from = 0; from < inputs.length; from += batch) {
        signal?.throwIfAborted();
        const found = await int8.run(inputs.slice(from, from + batch));
        onSign();
        found.forEach((values, index) => results.push(outputLoss(this.exact[from + index], values)));
      }
    } finally {
      await int8.close();
    }
    const losses = results.map(({ loss }) => loss);
    return {
      losses,
      loss: mean(losses),
      agreement: mean(results.map(({ agrees }) => (agrees ? 1 : 0))),
    };
  }
}

/**
 * Whether the second verdict is better than the first.
 * @param surely by more than chance, too: by the standard error of the difference that the same inputs make
 */
export function isBetter(before: Verdict, after: Verdict, surely: boolean): boolean {
  const differences = before.losses.map((loss, index) => loss - after.losses[index]);
  const gain = mean(differences);
  if (!surely) return gain > 0;
  const variance = mean(differences.map((difference) => (difference - gain) ** 2));
  return gain > 0 && gain >= Math.sqrt(variance / Math.max(1, differences.length - 1));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

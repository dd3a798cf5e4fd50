import type { ScaleTable } from '../calibration/table.ts';
import { encodeTrialPackage } from '../build/neon/trial-package.ts';
import { ProgressMeter, type LongCall } from '../common/progress.ts';
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
  /** The mean over the inputs: of `losses`, or where it was stopped early, estimated by the difference from another verdict. */
  readonly loss: number;
  readonly agreement: number;
  readonly losses: readonly number[];
}

export interface JudgeOptions {
  /** Is told how many of the inputs have been run, after each. */
  readonly onInput?: (done: number, total: number) => void;
  /** A verdict on the same inputs that the contender has to be better than. */
  readonly against?: Verdict | undefined;
}

/** Inputs that are run at a time: what bounds memory and the disk. */
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
    { runner, signal, onProgress }: LongCall & { readonly runner: PackageRunner | undefined },
  ): Promise<Judge> {
    const exact: (readonly Float32Array[])[] = [];
    const mixed = spread(inputs);
    const meter = new ProgressMeter('running fp32', mixed.length, 'inputs', onProgress);
    for (const input of mixed) {
      signal?.throwIfAborted();
      const results = await session.run(new Map([[inputName, input]]));
      exact.push(outputs.map((id) => results.get(id)?.data ?? new Float32Array()));
      meter.report(exact.length);
    }
    return new Judge(mixed, exact, outputs, runner, signal);
  }

  /**
   * Runs the contender in the integer arithmetic of boards; stops early where it is sure to be worse than `against`.
   */
  async judge({ graph, table }: Contender, { onInput, against }: JudgeOptions = {}): Promise<Verdict> {
    const { inputs, outputs, runner, signal } = this;
    const { network } = quantizeNetwork(upTo(graph, outputs), table, 'int8');
    const int8 =
      runner === undefined
        ? executedOutputs(network, signal)
        : await packageOutputs(encodeTrialPackage(network), outputs.length, runner);
    const results: OutputLoss[] = [];
    try {
      for (let from = 0; from < inputs.length; from += batch) {
        signal?.throwIfAborted();
        const found = await int8.run(inputs.slice(from, from + batch), (done) => {
          onInput?.(from + done, inputs.length);
        });
        found.forEach((values, index) => results.push(outputLoss(this.exact[from + index], values)));
        if (against !== undefined && isSurelyWorse(against, results)) break;
      }
    } finally {
      await int8.close();
    }
    const losses = results.map(({ loss }) => loss);
    return {
      losses,
      loss: against === undefined ? mean(losses) : against.loss + mean(differencesOf(losses, against.losses)),
      agreement: mean(results.map(({ agrees }) => (agrees ? 1 : 0))),
    };
  }
}

/** Differences of so many standard errors are no chance. */
const surelyWorse = 2.5;

function isSurelyWorse(against: Verdict, results: readonly OutputLoss[]): boolean {
  const differences = differencesOf(
    results.map(({ loss }) => loss),
    against.losses,
  );
  return mean(differences) > surelyWorse * standardError(differences);
}

/** Lists are often sorted by class: each batch has some of all. */
function spread<T>(list: readonly T[]): readonly T[] {
  const batches = Math.ceil(list.length / batch);
  return Array.from({ length: batches }, (_, first) => list.filter((__, index) => index % batches === first)).flat();
}

/**
 * Whether the second verdict is better than the first.
 * @param surely by more than chance, too: by the standard error of the difference that the same inputs make
 */
export function isBetter(before: Verdict, after: Verdict, surely: boolean): boolean {
  const differences = differencesOf(before.losses, after.losses);
  const gain = mean(differences);
  return gain > 0 && (!surely || gain >= standardError(differences));
}

/** a - b, as far as both lists go. */
function differencesOf(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.slice(0, b.length).map((value, index) => value - b[index]);
}

/** Of the mean. */
function standardError(values: readonly number[]): number {
  const centre = mean(values);
  const variance = mean(values.map((value) => (value - centre) ** 2));
  return Math.sqrt(variance / Math.max(1, values.length - 1));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

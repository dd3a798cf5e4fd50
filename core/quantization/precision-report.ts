import type { ScaleTable } from '../calibration/table.ts';
import { isFloatFunction } from '../graph/float-functions.ts';
import type { Graph, Operation } from '../graph/graph.ts';
import { halfNotes, type HalfWeights } from './half-weights.ts';
import type { Plan } from './plan.ts';

/** How one operation of the graph runs on the board. */
export interface LayerPrecision {
  readonly layer: string;
  readonly runsAs: 'int8' | 'float';
  /** Why, for a person; empty where int8 runs from end to end. */
  readonly reason: string;
}

/** A weight that leaves [-127, 127] in more than this share of a layer says that the table is another model's. */
const SUSPICIOUS_CLAMPING = 0.01;

/** Collects what the user should know of a quantisation. */
export class PrecisionReporter {
  readonly layers: LayerPrecision[] = [];
  readonly halves: HalfWeights[] = [];
  private readonly collected: string[] = [];

  /** @param table undefined where everything runs in float by the user's wish */
  constructor(
    private readonly graph: Graph,
    private readonly plan: Plan,
    private readonly table: ScaleTable | undefined,
  ) {}

  notes(): readonly string[] {
    return [...this.plan.notes, ...this.collected, ...halfNotes(this.halves), ...this.unusedLines()];
  }

  report(operation: Operation, int8: boolean): void {
    const { layer, kind, output } = operation;
    const reason = this.table === undefined ? '' : this.reasonFor(operation, int8);
    this.layers.push({ layer, runsAs: int8 ? 'int8' : 'float', reason });
    if (this.plan.keptFloat.has(layer)) return;
    const isFallback = kind === 'convolution' || (kind === 'eltwise-sum' && this.plan.scales.has(output));
    if (!int8 && isFallback && reason !== '') this.collected.push(`Layer ${layer} runs in float: ${reason}.`);
  }

  reportWeights(layer: string, clampedShare: number, loweredChannels: number): void {
    if (clampedShare > SUSPICIOUS_CLAMPING) {
      const percent = (100 * clampedShare).toFixed(1);
      this.collected.push(
        `${percent} % of the weights of ${layer} do not fit the table's scale and were clamped: is it this model's table?`,
      );
    }
    if (loweredChannels > 0) {
      this.collected.push(
        `The weight scale of ${loweredChannels} channels of ${layer} was lowered, so that sums stay within 32 bits.`,
      );
    }
  }

  /** What float16 does to the weights of the layer that was reported last. */
  reportHalf(half: HalfWeights): void {
    this.halves.push(half);
    const { layer, runsAs, reason } = this.layers[this.layers.length - 1];
    const weights = half.type === 'float16' ? 'weights as float16' : 'its weights do not fit float16';
    this.layers[this.layers.length - 1] = { layer, runsAs, reason: reason === '' ? weights : `${reason}; ${weights}` };
  }

  private reasonFor(operation: Operation, int8: boolean): string {
    const demanded = this.plan.scales.has(operation.output);
    if (int8) return demanded ? '' : 'no int8 layer reads the result, which leaves as float';
    if (this.plan.keptFloat.has(operation.layer)) return 'kept in float on request';
    if (operation.kind === 'convolution') return 'the table has no weight scale for it';
    if (operation.kind === 'softmax') return 'a softmax has no int8 form';
    if (operation.kind === 'constant') return 'it is a constant';
    if (isFloatFunction(operation)) return 'it has no int8 form';
    if (operation.kind === 'eltwise' && operation.function === 'product') return 'a product has no int8 form';
    if (operation.kind === 'affine') return 'it does not fold into a convolution, and has no int8 form';
    if (!demanded) return 'no int8 layer reads the result';
    const isFusedLeaky = operation.kind !== 'activation' && 'activation' in operation;
    if (isFusedLeaky && operation.activation.kind === 'leaky') return 'with a leaky ReLU it has no int8 form';
    return 'the table has no scale for what it reads';
  }

  private unusedLines(): readonly string[] {
    if (this.table === undefined) return [];
    const layers = new Set(this.graph.operations.map((operation) => operation.layer));
    const unused = [...this.table.weights.keys()].filter((layer) => !layers.has(layer));
    if (unused.length === 0) return [];
    const named = unused.slice(0, 3).join(', ') + (unused.length > 3 ? ', …' : '');
    return [`${unused.length} weight lines of the table name no layer of this network (${named}).`];
  }
}

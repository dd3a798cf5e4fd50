import { CortadoError } from '../common/errors.ts';
import type { ScaleTable } from '../calibration/table.ts';
import { isFloatFunction } from '../graph/float-functions.ts';
import type { ConvolutionOperation, Graph, Operation } from '../graph/graph.ts';
import { isMove } from '../graph/moves.ts';
import { quantise } from './arithmetic.ts';
import { convolutionForm, type FloatWeights } from './convolution-form.ts';
import { Emitter } from './emitter.ts';
import { int8Sum } from './eltwise-form.ts';
import type { HalfWeights } from './half-weights.ts';
import { planScales, type Plan } from './plan.ts';
import { poolingForm } from './pooling-form.ts';
import { PrecisionReporter, type LayerPrecision } from './precision-report.ts';
import type { ActivationForm, CombinationForm, QuantizedNetwork, TensorIndex } from './quantized-network.ts';
import { activationBounds, requantisationOf } from './requantisation.ts';

export interface Quantization {
  readonly network: QuantizedNetwork;
  /** In execution order. */
  readonly layers: readonly LayerPrecision[];
  /** What a user should know: layers that fell back to float, scales that were completed, weights that were clamped. */
  readonly notes: readonly string[];
  /** Of the layers whose weights were wanted as float16. */
  readonly halves: readonly HalfWeights[];
}

/** What a network computes in. fp16 is the arithmetic of fp32 on weights that packages hold as float16. */
export type Precision = 'int8' | 'fp16' | 'fp32';

const FLOAT_PLAN: Plan = {
  scales: new Map(),
  int8: new Set(),
  weightScales: new Map(),
  keptFloat: new Set(),
  notes: [],
};

/**
 * Turns an optimised graph of float operations into what a package holds.
 *
 * int8: convolutions (inner products included) that the table lists run on int8 weights and activations; what lies between
 * them stays int8 as planScales decides; the rest runs in float, with conversions at the borders, and is named in `notes`.
 * fp32 and fp16: everything runs in float; the table is not used. Network outputs are float either way.
 *
 * @param keepFloat names of layers that run in float in an int8 network ("mixed")
 * @param floatWeights how an int8 network holds the weights of what runs in float; float32 where absent
 *
 * Throws `quantization.no-table` where int8 has no table, and what planScales throws.
 */
export function quantizeNetwork(
  graph: Graph,
  table: ScaleTable | undefined,
  precision: Precision,
  keepFloat?: ReadonlySet<string>,
  floatWeights?: FloatWeights,
): Quantization {
  if (precision === 'fp32') return new Quantizer(graph, FLOAT_PLAN, 'float32').quantize();
  if (precision === 'fp16') return new Quantizer(graph, FLOAT_PLAN, 'float16').quantize();
  if (table === undefined) {
    throw new CortadoError(
      'quantization.no-table',
      'An int8 network needs a scale table, and none was given.',
      'Make one with "cortado calibrate --proto P --model M --images DIR --output T", then build with --table T.',
    );
  }
  return new Quantizer(graph, planScales(graph, table, keepFloat), floatWeights ?? 'float32', table).quantize();
}

class Quantizer {
  private readonly emitter: Emitter;
  private readonly reporter: PrecisionReporter;

  constructor(
    private readonly graph: Graph,
    private readonly plan: Plan,
    private readonly floatWeights: FloatWeights,
    table?: ScaleTable,
  ) {
    this.emitter = new Emitter(graph, plan.scales);
    this.reporter = new PrecisionReporter(graph, plan, table);
  }

  quantize(): Quantization {
    const inputs = this.graph.inputs.map((id) => this.emitter.input(id, this.isReadAsFloat(id)));
    for (const operation of this.graph.operations) this.lower(operation);
    const outputs = this.graph.outputs.map((id) => this.emitter.asFloat(id, this.emitter.layerOf(id)));
    return {
      network: {
        name: this.graph.name,
        tensors: this.emitter.tensors(),
        inputs,
        outputs,
        operations: this.emitter.operations,
      },
      layers: this.reporter.layers,
      notes: this.reporter.notes(),
      halves: this.reporter.halves,
    };
  }

  private lower(operation: Operation): void {
    if (isMove(operation) || isFloatFunction(operation)) {
      const int8 = this.plan.int8.has(operation);
      const inputs = this.readAll(operation, int8);
      this.emitter.emit({ ...operation, inputs, output: this.write(operation, int8) });
      this.reporter.report(operation, int8);
      return;
    }
    switch (operation.kind) {
      case 'convolution':
        this.convolution(operation);
        return;
      case 'pooling': {
        const int8 = this.plan.int8.has(operation);
        const mayReadInt8 = operation.method === 'average' && !this.plan.keptFloat.has(operation.layer);
        const fromInt8 = int8 || (mayReadInt8 && this.emitter.isInt8Only(operation.inputs[0]));
        const input = this.read(operation, fromInt8);
        const output = this.write(operation, int8);
        const form = poolingForm(operation, this.emitter.tensor(input), this.emitter.tensor(output));
        const { kernel, stride, pad, layer } = operation;
        this.emitter.emit({ kind: 'pooling', layer, input, output, kernel, stride, pad, form });
        this.reporter.report(operation, fromInt8);
        return;
      }
      case 'eltwise-sum': {
        const int8 = this.plan.int8.has(operation);
        const inputs = this.readAll(operation, int8);
        const output = this.write(operation, int8);
        const scales = inputs.map((index) => this.emitter.tensor(index).scale);
        if (!int8 && (operation.constant ?? 0) !== 0)
          throw new Error(`${operation.layer} adds stored offsets in float`);
        this.emitter.emit({
          kind: 'eltwise-sum',
          layer: operation.layer,
          inputs,
          output,
          form: int8
            ? int8Sum(operation, scales, this.emitter.tensor(output).scale)
            : {
                kind: 'float',
                coefficients: Float32Array.from(operation.inputs, (_, index) => operation.coefficients[index] ?? 1),
                activation: operation.activation,
              },
        });
        this.reporter.report(operation, int8);
        return;
      }
      case 'eltwise': {
        const int8 = this.plan.int8.has(operation);
        const inputs = this.readAll(operation, int8);
        const output = this.write(operation, int8);
        const { layer, function: name, activation } = operation;
        const form: CombinationForm = int8
          ? { kind: 'int8', ...activationBounds(activation, this.emitter.tensor(output).scale) }
          : { kind: 'float', activation };
        this.emitter.emit({ kind: 'eltwise', layer, inputs, output, function: name, form });
        this.reporter.report(operation, int8);
        return;
      }
      case 'concat': {
        const int8 = this.plan.int8.has(operation);
        const inputs = this.readAll(operation, int8);
        const output = this.write(operation, int8);
        this.emitter.emit({ kind: 'concat', layer: operation.layer, inputs, output, axis: operation.axis });
        this.reporter.report(operation, int8);
        return;
      }
      case 'activation': {
        const int8 = this.plan.int8.has(operation);
        const input = this.read(operation, int8);
        const output = this.write(operation, int8);
        const form = int8 ? this.int8Activation(operation, input, output) : floatActivation(operation);
        this.emitter.emit({ kind: 'activation', layer: operation.layer, input, output, form });
        this.reporter.report(operation, int8);
        return;
      }
      case 'affine': {
        const input = this.read(operation, false);
        const output = this.write(operation, false);
        const { layer, scale, shift, activation } = operation;
        this.emitter.emit({ kind: 'affine', layer, input, output, scale, shift, activation });
        this.reporter.report(operation, false);
        return;
      }
      case 'softmax': {
        const input = this.read(operation, false);
        const output = this.write(operation, false);
        this.emitter.emit({ kind: 'softmax', layer: operation.layer, input, output, axis: operation.axis });
        this.reporter.report(operation, false);
        return;
      }
      case 'reshape': {
        const int8 = this.plan.int8.has(operation);
        const input = this.read(operation, int8);
        const output = this.write(operation, int8);
        this.emitter.emit({ kind: 'reshape', layer: operation.layer, input, output });
        this.reporter.report(operation, int8);
        return;
      }
    }
  }

  private convolution(operation: ConvolutionOperation): void {
    const weightScales = this.plan.weightScales.get(operation);
    const input = this.read(operation, weightScales !== undefined);
    const output = this.write(operation, weightScales !== undefined && this.plan.scales.has(operation.output));
    const { form, clampedShare, loweredChannels, half } = convolutionForm(
      operation,
      weightScales,
      this.emitter.tensor(input),
      this.emitter.tensor(output),
      this.floatWeights,
    );
    const { layer, kernel, stride, pad, padValue = 0, dilation, group, outputChannels } = operation;
    if (padValue !== 0 && weightScales === undefined) throw new Error(`${layer} reads a stored offset in float`);
    this.emitter.emit({
      kind: 'convolution',
      layer,
      input,
      output,
      kernel,
      stride,
      pad,
      padLevel: quantise(padValue, this.emitter.tensor(input).scale),
      dilation,
      group,
      outputChannels,
      form,
    });
    this.reporter.report(operation, weightScales !== undefined);
    if (half !== undefined) this.reporter.reportHalf(half);
    this.reporter.reportWeights(layer, clampedShare, loweredChannels.length);
  }

  private int8Activation(
    operation: Extract<Operation, { kind: 'activation' }>,
    input: TensorIndex,
    output: TensorIndex,
  ): ActivationForm {
    const outputScale = this.emitter.tensor(output).scale;
    const { activation } = operation;
    if (activation.kind !== 'leaky') return { kind: 'int8-clamp', ...activationBounds(activation, outputScale) };
    const factor = outputScale / this.emitter.tensor(input).scale;
    const factors = Array.from(activation.slopes, () => factor);
    return { kind: 'int8', requantisation: requantisationOf(factors, activation, outputScale) };
  }

  private read(operation: Operation, int8: boolean): TensorIndex {
    return this.readAll(operation, int8)[0];
  }

  private readAll(operation: Operation, int8: boolean): readonly TensorIndex[] {
    return operation.inputs.map((id) =>
      int8 ? this.emitter.asInt8(id, operation.layer) : this.emitter.asFloat(id, operation.layer),
    );
  }

  private write(operation: Operation, int8: boolean): TensorIndex {
    return this.emitter.define(operation.output, int8 ? 'int8' : 'float32', operation.layer);
  }

  /** A float reader of a network input gets what the user gave, not what int8 left of it. */
  private isReadAsFloat(id: string): boolean {
    if (!this.plan.scales.has(id) || this.graph.outputs.includes(id)) return true;
    return this.graph.operations.some(
      (operation) =>
        operation.inputs.includes(id) &&
        !this.plan.int8.has(operation) &&
        !(operation.kind === 'convolution' && this.plan.weightScales.has(operation)),
    );
  }
}

function floatActivation(operation: Extract<Operation, { kind: 'activation' }>): ActivationForm {
  return { kind: 'float', activation: operation.activation };
}

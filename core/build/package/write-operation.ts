import type { Builder } from 'flatbuffers';
import { floatsToHalves } from '../../common/half.ts';
import { isFloatFunction } from '../../graph/float-functions.ts';
import type { Activation as GraphActivation, Size2d } from '../../graph/graph.ts';
import { isMove } from '../../graph/moves.ts';
import type {
  ConvolutionForm,
  QuantizedActivation,
  QuantizedConvolution,
  QuantizedEltwise,
  QuantizedEltwiseSum,
  QuantizedOperation,
  QuantizedPooling,
  Requantisation as Requantised,
} from '../../quantization/quantized-network.ts';
import { DATA_ALIGNMENT } from './format.ts';
import {
  Activation,
  ActivationKind,
  ActivationOp,
  Affine,
  Concat,
  Convolution,
  DataType,
  Dequantize,
  Eltwise,
  EltwiseFunction,
  EltwiseSum,
  Operation,
  OperationBody,
  Pooling,
  PoolingMethod,
  Quantize,
  Requantisation,
  Reshape,
  Softmax,
} from './generated/package_generated';
import { bytesOf } from './crc32.ts';
import { createVector } from './vectors.ts';
import { writeFloatFunction, type Body } from './write-functions.ts';
import { writeMove } from './write-move.ts';

/** Writes one operation; returns its offset. */
export function writeOperation(builder: Builder, operation: QuantizedOperation): number {
  const layer = builder.createString(operation.layer);
  const { type, offset } = writeBody(builder, operation);
  return Operation.createOperation(builder, layer, type, offset);
}

function writeBody(builder: Builder, operation: QuantizedOperation): Body {
  if (isMove(operation)) return writeMove(builder, operation);
  if (isFloatFunction(operation)) return writeFloatFunction(builder, operation);
  switch (operation.kind) {
    case 'convolution':
      return { type: OperationBody.Convolution, offset: writeConvolution(builder, operation) };
    case 'pooling':
      return { type: OperationBody.Pooling, offset: writePooling(builder, operation) };
    case 'eltwise-sum':
      return { type: OperationBody.EltwiseSum, offset: writeEltwiseSum(builder, operation) };
    case 'eltwise':
      return { type: OperationBody.Eltwise, offset: writeEltwise(builder, operation) };
    case 'activation':
      return { type: OperationBody.ActivationOp, offset: writeActivationOp(builder, operation) };
    case 'concat': {
      const inputs = createVector(builder, Uint32Array.from(operation.inputs));
      return {
        type: OperationBody.Concat,
        offset: Concat.createConcat(builder, inputs, operation.output, operation.axis),
      };
    }
    case 'affine': {
      const scale = createVector(builder, operation.scale);
      const shift = createVector(builder, operation.shift);
      const activation = writeActivation(builder, operation.activation);
      Affine.startAffine(builder);
      Affine.addInput(builder, operation.input);
      Affine.addOutput(builder, operation.output);
      Affine.addScale(builder, scale);
      Affine.addShift(builder, shift);
      Affine.addActivation(builder, activation);
      return { type: OperationBody.Affine, offset: Affine.endAffine(builder) };
    }
    case 'softmax':
      return {
        type: OperationBody.Softmax,
        offset: Softmax.createSoftmax(builder, operation.input, operation.output, operation.axis),
      };
    case 'reshape':
      return {
        type: OperationBody.Reshape,
        offset: Reshape.createReshape(builder, operation.input, operation.output),
      };
    case 'quantize':
      return {
        type: OperationBody.Quantize,
        offset: Quantize.createQuantize(builder, operation.input, operation.output),
      };
    case 'dequantize':
      return {
        type: OperationBody.Dequantize,
        offset: Dequantize.createDequantize(builder, operation.input, operation.output, operation.factor),
      };
  }
}

function writeConvolution(builder: Builder, operation: QuantizedConvolution): number {
  const { form } = operation;
  const weights = createVector(builder, bytesOf(storedWeights(form)), DATA_ALIGNMENT);
  const bias = createVector(builder, form.bias);
  const requantisation = form.kind === 'int8' ? writeRequantisation(builder, form.requantisation) : 0;
  const outputFactor = form.kind === 'int8-to-float' ? createVector(builder, form.outputFactor) : 0;
  const activation = form.kind === 'int8' ? 0 : writeActivation(builder, form.activation);
  Convolution.startConvolution(builder);
  Convolution.addInput(builder, operation.input);
  Convolution.addOutput(builder, operation.output);
  addWindow(builder, Convolution, operation);
  Convolution.addDilationH(builder, operation.dilation.height);
  Convolution.addDilationW(builder, operation.dilation.width);
  Convolution.addGroup(builder, operation.group);
  Convolution.addWeightType(builder, weightType(form));
  Convolution.addWeights(builder, weights);
  if (form.kind === 'float') Convolution.addBiasFloat(builder, bias);
  else Convolution.addBias32(builder, bias);
  Convolution.addRequantisation(builder, requantisation);
  Convolution.addOutputFactor(builder, outputFactor);
  Convolution.addActivation(builder, activation);
  Convolution.addPadLevel(builder, operation.padLevel);
  return Convolution.endConvolution(builder);
}

/** FlatBuffers are little endian, as every system is that Cortado runs on. */
function storedWeights(form: ConvolutionForm): ArrayBufferView {
  return form.kind === 'float' && form.weightType === 'float16' ? floatsToHalves(form.weights) : form.weights;
}

function weightType(form: ConvolutionForm): DataType {
  if (form.kind !== 'float') return DataType.Int8;
  return form.weightType === 'float16' ? DataType.Float16 : DataType.Float32;
}

function writePooling(builder: Builder, operation: QuantizedPooling): number {
  const { form } = operation;
  const isInt8Average = form.kind === 'int8-average' || form.kind === 'int8-average-to-float';
  const divisors = isInt8Average ? createVector(builder, form.divisors) : 0;
  const requantisation = form.kind === 'int8-average' ? writeRequantisation(builder, form.requantisation) : 0;
  const outputFactor = form.kind === 'int8-average-to-float' ? createVector(builder, form.outputFactor) : 0;
  const isMax = form.kind === 'int8-max' || (form.kind === 'float' && form.method === 'max');
  const activation = writeActivation(builder, poolingActivation(operation));
  Pooling.startPooling(builder);
  Pooling.addInput(builder, operation.input);
  Pooling.addOutput(builder, operation.output);
  Pooling.addMethod(builder, isMax ? PoolingMethod.Max : PoolingMethod.Average);
  addWindow(builder, Pooling, operation);
  Pooling.addDivisors(builder, divisors);
  Pooling.addRequantisation(builder, requantisation);
  Pooling.addOutputFactor(builder, outputFactor);
  Pooling.addActivation(builder, activation);
  return Pooling.endPooling(builder);
}

/** An int8 average has its activation in the bounds of its requantisation. */
function poolingActivation({ form }: QuantizedPooling): GraphActivation {
  if (form.kind === 'int8-max') return { kind: form.relu ? 'relu' : 'none' };
  return form.kind === 'int8-average' ? { kind: 'none' } : form.activation;
}

function writeEltwiseSum(builder: Builder, operation: QuantizedEltwiseSum): number {
  const { form } = operation;
  const inputs = createVector(builder, Uint32Array.from(operation.inputs));
  const factors = createVector(builder, form.kind === 'int8' ? form.multipliers : form.coefficients);
  const activation = form.kind === 'int8' ? 0 : writeActivation(builder, form.activation);
  EltwiseSum.startEltwiseSum(builder);
  EltwiseSum.addInputs(builder, inputs);
  EltwiseSum.addOutput(builder, operation.output);
  if (form.kind === 'int8') {
    EltwiseSum.addMultipliers(builder, factors);
    EltwiseSum.addBias(builder, form.bias);
    EltwiseSum.addShift(builder, form.shift);
    EltwiseSum.addLow(builder, form.low);
    EltwiseSum.addHigh(builder, form.high);
  } else {
    EltwiseSum.addCoefficients(builder, factors);
    EltwiseSum.addActivation(builder, activation);
  }
  return EltwiseSum.endEltwiseSum(builder);
}

function writeEltwise(builder: Builder, operation: QuantizedEltwise): number {
  const { form } = operation;
  const inputs = createVector(builder, Uint32Array.from(operation.inputs));
  const activation = form.kind === 'int8' ? 0 : writeActivation(builder, form.activation);
  Eltwise.startEltwise(builder);
  Eltwise.addInputs(builder, inputs);
  Eltwise.addOutput(builder, operation.output);
  Eltwise.addFunction(builder, operation.function === 'max' ? EltwiseFunction.Max : EltwiseFunction.Product);
  if (form.kind === 'int8') {
    Eltwise.addLow(builder, form.low);
    Eltwise.addHigh(builder, form.high);
  }
  Eltwise.addActivation(builder, activation);
  return Eltwise.endEltwise(builder);
}

function writeActivationOp(builder: Builder, operation: QuantizedActivation): number {
  const { form } = operation;
  const requantisation = form.kind === 'int8' ? writeRequantisation(builder, form.requantisation) : 0;
  const activation = form.kind === 'float' ? writeActivation(builder, form.activation) : 0;
  ActivationOp.startActivationOp(builder);
  ActivationOp.addInput(builder, operation.input);
  ActivationOp.addOutput(builder, operation.output);
  if (form.kind === 'int8-clamp') {
    ActivationOp.addLow(builder, form.low);
    ActivationOp.addHigh(builder, form.high);
  }
  ActivationOp.addRequantisation(builder, requantisation);
  ActivationOp.addActivation(builder, activation);
  return ActivationOp.endActivationOp(builder);
}

function addWindow(
  builder: Builder,
  table: typeof Convolution | typeof Pooling,
  { kernel, stride, pad }: { readonly kernel: Size2d; readonly stride: Size2d; readonly pad: Size2d },
): void {
  table.addKernelH(builder, kernel.height);
  table.addKernelW(builder, kernel.width);
  table.addStrideH(builder, stride.height);
  table.addStrideW(builder, stride.width);
  table.addPadH(builder, pad.height);
  table.addPadW(builder, pad.width);
}

function writeRequantisation(builder: Builder, requantisation: Requantised): number {
  const { negative } = requantisation;
  const multiplier = createVector(builder, requantisation.multiplier);
  const rightShift = createVector(builder, requantisation.rightShift);
  const leftShift = createVector(builder, requantisation.leftShift);
  const negativeMultiplier = negative === undefined ? 0 : createVector(builder, negative.multiplier);
  const negativeRightShift = negative === undefined ? 0 : createVector(builder, negative.rightShift);
  const negativeLeftShift = negative === undefined ? 0 : createVector(builder, negative.leftShift);
  Requantisation.startRequantisation(builder);
  Requantisation.addMultiplier(builder, multiplier);
  Requantisation.addRightShift(builder, rightShift);
  Requantisation.addLeftShift(builder, leftShift);
  Requantisation.addLow(builder, requantisation.low);
  Requantisation.addHigh(builder, requantisation.high);
  Requantisation.addNegativeMultiplier(builder, negativeMultiplier);
  Requantisation.addNegativeRightShift(builder, negativeRightShift);
  Requantisation.addNegativeLeftShift(builder, negativeLeftShift);
  Requantisation.addZero(builder, requantisation.zero);
  return Requantisation.endRequantisation(builder);
}

const ACTIVATION_KINDS = {
  none: ActivationKind.None,
  relu: ActivationKind.ReLU,
  relu6: ActivationKind.ReLU6,
  leaky: ActivationKind.Leaky,
} as const;

/** 0 (absent) where there is none. */
function writeActivation(builder: Builder, activation: GraphActivation): number {
  if (activation.kind === 'none') return 0;
  const slopes = activation.kind === 'leaky' ? createVector(builder, activation.slopes) : 0;
  return Activation.createActivation(builder, ACTIVATION_KINDS[activation.kind], slopes);
}

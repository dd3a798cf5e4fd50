import { halvesToFloats } from '../../common/half.ts';
import type { Activation as GraphActivation } from '../../graph/graph.ts';
import type {
  ActivationForm,
  ConvolutionForm,
  EltwiseForm,
  PoolingForm,
  QuantizedOperation,
  QuantizedTensor,
  Requantisation as Requantised,
} from '../../quantization/quantized-network.ts';
import type { Activation, Operation, Requantisation } from './generated/package_generated';
import {
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
  OperationBody,
  Pooling,
  PoolingMethod,
  Quantize,
  Reshape,
  Softmax,
} from './generated/package_generated';
import { readFloatFunction } from './read-functions.ts';
import { bodyOf, readMove } from './read-move.ts';
import { required } from './required.ts';

/** One operation of a package whose checksum holds; throws on what the schema does not allow. */
export function readOperation(operation: Operation, tensors: readonly QuantizedTensor[]): QuantizedOperation {
  const layer = required(operation.layer(), 'layer');
  const further = readMove(layer, operation) ?? readFloatFunction(layer, operation);
  if (further !== undefined) return further;
  switch (operation.bodyType()) {
    case OperationBody.Convolution:
      return readConvolution(layer, bodyOf(operation, new Convolution()));
    case OperationBody.Pooling:
      return readPooling(layer, bodyOf(operation, new Pooling()), tensors);
    case OperationBody.EltwiseSum: {
      const body = bodyOf(operation, new EltwiseSum());
      return { kind: 'eltwise-sum', layer, inputs: indices(body), output: body.output(), form: eltwiseForm(body) };
    }
    case OperationBody.Concat: {
      const body = bodyOf(operation, new Concat());
      return { kind: 'concat', layer, inputs: indices(body), output: body.output(), axis: body.axis() };
    }
    case OperationBody.ActivationOp: {
      const body = bodyOf(operation, new ActivationOp());
      return { kind: 'activation', layer, ...ends(body), form: activationForm(body) };
    }
    case OperationBody.Affine: {
      const body = bodyOf(operation, new Affine());
      return {
        kind: 'affine',
        layer,
        ...ends(body),
        scale: required(body.scaleArray(), 'scale'),
        shift: required(body.shiftArray(), 'shift'),
        activation: readActivation(body.activation()),
      };
    }
    case OperationBody.Softmax: {
      const body = bodyOf(operation, new Softmax());
      return { kind: 'softmax', layer, ...ends(body), axis: body.axis() };
    }
    case OperationBody.Reshape:
      return { kind: 'reshape', layer, ...ends(bodyOf(operation, new Reshape())) };
    case OperationBody.Quantize:
      return { kind: 'quantize', layer, ...ends(bodyOf(operation, new Quantize())) };
    case OperationBody.Dequantize: {
      const body = bodyOf(operation, new Dequantize());
      return { kind: 'dequantize', layer, ...ends(body), factor: body.factor() };
    }
    case OperationBody.Eltwise: {
      const body = bodyOf(operation, new Eltwise());
      const isInt8 = tensors[body.output()].type === 'int8';
      return {
        kind: 'eltwise',
        layer,
        inputs: indices(body),
        output: body.output(),
        function: body.function_() === EltwiseFunction.Max ? 'max' : 'product',
        form: isInt8
          ? { kind: 'int8', low: body.low(), high: body.high() }
          : { kind: 'float', activation: readActivation(body.activation()) },
      };
    }
    default:
      throw new Error(`the operation of layer ${layer} has no body`);
  }
}

function readConvolution(layer: string, body: Convolution): QuantizedOperation {
  const form = convolutionForm(body);
  return {
    kind: 'convolution',
    layer,
    ...ends(body),
    ...window(body),
    padLevel: body.padLevel(),
    dilation: { height: body.dilationH(), width: body.dilationW() },
    group: body.group(),
    outputChannels: form.bias.length,
    form,
  };
}

function convolutionForm(body: Convolution): ConvolutionForm {
  const bytes = required(body.weightsArray(), 'weights');
  const activation = readActivation(body.activation());
  if (body.weightType() === DataType.Float32 || body.weightType() === DataType.Float16) {
    const isHalf = body.weightType() === DataType.Float16;
    const weights = isHalf
      ? halvesToFloats(bytes)
      : new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    const weightType = isHalf ? 'float16' : 'float32';
    return { kind: 'float', weightType, weights, bias: required(body.biasFloatArray(), 'bias_float'), activation };
  }
  if (body.weightType() !== DataType.Int8) throw new Error('weights are neither int8 nor float');
  const weights = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bias = required(body.bias32Array(), 'bias32');
  const requantisation = body.requantisation();
  return requantisation === null
    ? {
        kind: 'int8-to-float',
        weights,
        bias,
        outputFactor: required(body.outputFactorArray(), 'output_factor'),
        activation,
      }
    : { kind: 'int8', weights, bias, requantisation: readRequantisation(requantisation) };
}

function readPooling(layer: string, body: Pooling, tensors: readonly QuantizedTensor[]): QuantizedOperation {
  return { kind: 'pooling', layer, ...ends(body), ...window(body), form: poolingForm(body, tensors) };
}

/** The schema does not say a maximum's type twice: it is that of the blobs. */
function poolingForm(body: Pooling, tensors: readonly QuantizedTensor[]): PoolingForm {
  const activation = readActivation(body.activation());
  const method = body.method() === PoolingMethod.Max ? 'max' : 'average';
  if (tensors[body.input()].type === 'float32') return { kind: 'float', method, activation };
  if (method === 'max') return { kind: 'int8-max', relu: activation.kind === 'relu' };
  const divisors = required(body.divisorsArray(), 'divisors');
  const requantisation = body.requantisation();
  return requantisation === null
    ? {
        kind: 'int8-average-to-float',
        divisors,
        outputFactor: required(body.outputFactorArray(), 'output_factor'),
        activation,
      }
    : { kind: 'int8-average', divisors, requantisation: readRequantisation(requantisation) };
}

function eltwiseForm(body: EltwiseSum): EltwiseForm {
  const multipliers = body.multipliersArray();
  return multipliers === null
    ? {
        kind: 'float',
        coefficients: required(body.coefficientsArray(), 'coefficients'),
        activation: readActivation(body.activation()),
      }
    : { kind: 'int8', multipliers, bias: body.bias(), shift: body.shift(), low: body.low(), high: body.high() };
}

function activationForm(body: ActivationOp): ActivationForm {
  const activation = body.activation();
  if (activation !== null) return { kind: 'float', activation: readActivation(activation) };
  const requantisation = body.requantisation();
  return requantisation === null
    ? { kind: 'int8-clamp', low: body.low(), high: body.high() }
    : { kind: 'int8', requantisation: readRequantisation(requantisation) };
}

function readRequantisation(body: Requantisation): Requantised {
  const multiplier = body.negativeMultiplierArray();
  const result = {
    multiplier: required(body.multiplierArray(), 'multiplier'),
    rightShift: required(body.rightShiftArray(), 'right_shift'),
    leftShift: required(body.leftShiftArray(), 'left_shift'),
    zero: body.zero(),
    low: body.low(),
    high: body.high(),
  };
  if (multiplier === null) return result;
  return {
    ...result,
    negative: {
      multiplier,
      rightShift: required(body.negativeRightShiftArray(), 'negative_right_shift'),
      leftShift: required(body.negativeLeftShiftArray(), 'negative_left_shift'),
    },
  };
}

function readActivation(activation: Activation | null): GraphActivation {
  switch (activation?.kind()) {
    case undefined:
    case ActivationKind.None:
      return { kind: 'none' };
    case ActivationKind.ReLU:
      return { kind: 'relu' };
    case ActivationKind.ReLU6:
      return { kind: 'relu6' };
    case ActivationKind.Leaky:
      return { kind: 'leaky', slopes: required(activation.slopesArray(), 'slopes') };
  }
}

function indices(body: { inputsArray(): Uint32Array | null }): readonly number[] {
  return Array.from(required(body.inputsArray(), 'inputs'));
}

function ends(body: { input(): number; output(): number }): { readonly input: number; readonly output: number } {
  return { input: body.input(), output: body.output() };
}

function window(
  body: Convolution | Pooling,
): Pick<Extract<QuantizedOperation, { kind: 'pooling' }>, 'kernel' | 'stride' | 'pad'> {
  return {
    kernel: { height: body.kernelH(), width: body.kernelW() },
    stride: { height: body.strideH(), width: body.strideW() },
    pad: { height: body.padH(), width: body.padW() },
  };
}

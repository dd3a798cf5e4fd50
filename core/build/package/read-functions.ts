import type { UnaryFunction } from '../../graph/float-functions.ts';
import type { CodeType } from '../../graph/detection-parameters.ts';
import type { QuantizedFloatFunction } from '../../quantization/quantized-network.ts';
import type { Operation } from './generated/package_generated';
import {
  ArgMax,
  BoxCode,
  Broadcast,
  BroadcastFunction,
  Constant,
  DetectionOutput,
  Interp,
  LocalResponse,
  Normalize,
  OperationBody,
  Reduction,
  ReductionFunction,
  Unary,
  UnaryFunction as UnaryCode,
} from './generated/package_generated';
import { bodyOf, ends } from './read-move.ts';
import { required } from './required.ts';

const UNARY: Readonly<Record<UnaryCode, UnaryFunction>> = {
  [UnaryCode.Abs]: 'abs',
  [UnaryCode.Elu]: 'elu',
  [UnaryCode.Sigmoid]: 'sigmoid',
  [UnaryCode.Tanh]: 'tanh',
  [UnaryCode.Power]: 'power',
  [UnaryCode.Exp]: 'exp',
  [UnaryCode.Log]: 'log',
  [UnaryCode.Bnll]: 'bnll',
  [UnaryCode.Threshold]: 'threshold',
  [UnaryCode.Swish]: 'swish',
  [UnaryCode.Clip]: 'clip',
};

const REDUCTIONS = {
  [ReductionFunction.Sum]: 'sum',
  [ReductionFunction.AbsoluteSum]: 'absolute-sum',
  [ReductionFunction.SquareSum]: 'square-sum',
} as const;

const CODES: Readonly<Record<BoxCode, CodeType>> = {
  [BoxCode.Corner]: 'CORNER',
  [BoxCode.CenterSize]: 'CENTER_SIZE',
  [BoxCode.CornerSize]: 'CORNER_SIZE',
};

/** A function of floats; undefined where the operation is something else. */
export function readFloatFunction(layer: string, operation: Operation): QuantizedFloatFunction | undefined {
  switch (operation.bodyType()) {
    case OperationBody.Unary: {
      const body = bodyOf(operation, new Unary());
      const parameters = { a: body.a(), b: body.b(), c: body.c() };
      return { kind: 'unary', layer, ...ends(body), function: UNARY[body.function_()], ...parameters };
    }
    case OperationBody.Broadcast: {
      const body = bodyOf(operation, new Broadcast());
      const name = body.function_() === BroadcastFunction.Add ? 'add' : 'multiply';
      return {
        kind: 'broadcast',
        layer,
        inputs: [body.input(), body.operand()],
        output: body.output(),
        function: name,
      };
    }
    case OperationBody.Interp:
      return { kind: 'interp', layer, ...ends(bodyOf(operation, new Interp())) };
    case OperationBody.LocalResponse: {
      const body = bodyOf(operation, new LocalResponse());
      const parameters = { factor: body.factor(), beta: body.beta(), k: body.k() };
      return {
        kind: 'local-response',
        layer,
        ...ends(body),
        size: body.size(),
        within: body.within(),
        ...parameters,
      };
    }
    case OperationBody.Normalize: {
      const body = bodyOf(operation, new Normalize());
      const scale = required(body.scaleArray(), 'scale');
      return { kind: 'normalize', layer, ...ends(body), acrossSpatial: body.acrossSpatial(), eps: body.eps(), scale };
    }
    case OperationBody.Reduction: {
      const body = bodyOf(operation, new Reduction());
      return { kind: 'reduction', layer, ...ends(body), function: REDUCTIONS[body.function_()], factor: body.factor() };
    }
    case OperationBody.ArgMax: {
      const body = bodyOf(operation, new ArgMax());
      return { kind: 'argmax', layer, ...ends(body), axis: body.axis(), indices: body.indices() };
    }
    case OperationBody.Constant: {
      const body = bodyOf(operation, new Constant());
      const bytes = required(body.dataArray(), 'data');
      const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      return { kind: 'constant', layer, inputs: [], output: body.output(), values };
    }
    case OperationBody.DetectionOutput:
      return readDetectionOutput(layer, bodyOf(operation, new DetectionOutput()));
    default:
      return undefined;
  }
}

function readDetectionOutput(layer: string, body: DetectionOutput): QuantizedFloatFunction {
  return {
    kind: 'detection-output',
    layer,
    inputs: [body.locations(), body.confidences(), body.priors()],
    output: body.output(),
    parameters: {
      classes: body.classes(),
      sharedLocation: body.sharedLocation(),
      varianceInTarget: body.varianceInTarget(),
      clip: body.clip(),
      code: CODES[body.code()],
      background: body.background(),
      topK: body.topK(),
      keepTopK: body.keepTopK(),
      confidence: body.confidence(),
      overlap: body.overlap(),
      eta: body.eta(),
    },
  };
}

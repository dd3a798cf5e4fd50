import type { Builder } from 'flatbuffers';
import type { UnaryFunction } from '../../graph/float-functions.ts';
import type { CodeType } from '../../graph/detection-parameters.ts';
import type { QuantizedFloatFunction } from '../../quantization/quantized-network.ts';
import { bytesOf } from './crc32.ts';
import { DATA_ALIGNMENT } from './format.ts';
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
import { createVector } from './vectors.ts';

/** A written union member. */
export interface Body {
  readonly type: OperationBody;
  readonly offset: number;
}

const UNARY: Readonly<Record<UnaryFunction, UnaryCode>> = {
  abs: UnaryCode.Abs,
  elu: UnaryCode.Elu,
  sigmoid: UnaryCode.Sigmoid,
  tanh: UnaryCode.Tanh,
  power: UnaryCode.Power,
  exp: UnaryCode.Exp,
  log: UnaryCode.Log,
  bnll: UnaryCode.Bnll,
  threshold: UnaryCode.Threshold,
  swish: UnaryCode.Swish,
  clip: UnaryCode.Clip,
};

const REDUCTIONS = {
  sum: ReductionFunction.Sum,
  'absolute-sum': ReductionFunction.AbsoluteSum,
  'square-sum': ReductionFunction.SquareSum,
} as const;

const CODES: Readonly<Record<CodeType, BoxCode>> = {
  CORNER: BoxCode.Corner,
  CENTER_SIZE: BoxCode.CenterSize,
  CORNER_SIZE: BoxCode.CornerSize,
};

/** Writes a function of floats; returns what it is in the union. */
export function writeFloatFunction(builder: Builder, operation: QuantizedFloatFunction): Body {
  const { inputs, output } = operation;
  switch (operation.kind) {
    case 'unary': {
      const { a, b, c } = operation;
      return {
        type: OperationBody.Unary,
        offset: Unary.createUnary(builder, inputs[0], output, UNARY[operation.function], a, b, c),
      };
    }
    case 'broadcast': {
      const name = operation.function === 'add' ? BroadcastFunction.Add : BroadcastFunction.Multiply;
      return {
        type: OperationBody.Broadcast,
        offset: Broadcast.createBroadcast(builder, inputs[0], inputs[1], output, name),
      };
    }
    case 'interp':
      return { type: OperationBody.Interp, offset: Interp.createInterp(builder, inputs[0], output) };
    case 'local-response': {
      const { size, within, factor, beta, k } = operation;
      return {
        type: OperationBody.LocalResponse,
        offset: LocalResponse.createLocalResponse(builder, inputs[0], output, size, within, factor, beta, k),
      };
    }
    case 'normalize': {
      const scale = createVector(builder, operation.scale);
      const { acrossSpatial, eps } = operation;
      return {
        type: OperationBody.Normalize,
        offset: Normalize.createNormalize(builder, inputs[0], output, acrossSpatial, eps, scale),
      };
    }
    case 'reduction': {
      const name = REDUCTIONS[operation.function];
      return {
        type: OperationBody.Reduction,
        offset: Reduction.createReduction(builder, inputs[0], output, name, operation.factor),
      };
    }
    case 'argmax':
      return {
        type: OperationBody.ArgMax,
        offset: ArgMax.createArgMax(builder, inputs[0], output, operation.axis, operation.indices),
      };
    case 'constant': {
      const data = createVector(builder, bytesOf(operation.values), DATA_ALIGNMENT);
      return { type: OperationBody.Constant, offset: Constant.createConstant(builder, output, data) };
    }
    case 'detection-output':
      return { type: OperationBody.DetectionOutput, offset: writeDetectionOutput(builder, operation) };
  }
}

function writeDetectionOutput(
  builder: Builder,
  { inputs, output, parameters: p }: Extract<QuantizedFloatFunction, { kind: 'detection-output' }>,
): number {
  const [locations, confidences, priors] = inputs;
  DetectionOutput.startDetectionOutput(builder);
  DetectionOutput.addLocations(builder, locations);
  DetectionOutput.addConfidences(builder, confidences);
  DetectionOutput.addPriors(builder, priors);
  DetectionOutput.addOutput(builder, output);
  DetectionOutput.addClasses(builder, p.classes);
  DetectionOutput.addSharedLocation(builder, p.sharedLocation);
  DetectionOutput.addVarianceInTarget(builder, p.varianceInTarget);
  DetectionOutput.addClip(builder, p.clip);
  DetectionOutput.addCode(builder, CODES[p.code]);
  DetectionOutput.addBackground(builder, p.background);
  DetectionOutput.addTopK(builder, p.topK);
  DetectionOutput.addKeepTopK(builder, p.keepTopK);
  DetectionOutput.addConfidence(builder, p.confidence);
  DetectionOutput.addOverlap(builder, p.overlap);
  DetectionOutput.addEta(builder, p.eta);
  return DetectionOutput.endDetectionOutput(builder);
}

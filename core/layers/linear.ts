import type { Fields } from '../caffe/fields.ts';
import type { OnnxBuilder } from '../onnx/builder.ts';

/** shift + scale * x, the argument of Power, Exp and Log. */
export interface Linear {
  readonly scale: number;
  readonly shift: number;
}

export function readLinear(parameters: Fields): Linear {
  return { scale: parameters.number('scale', 1), shift: parameters.number('shift', 0) };
}

/** Emits scale * x + shift, leaving out what changes nothing. */
export function emitLinear(builder: OnnxBuilder, input: string, { scale, shift }: Linear): string {
  const scaled = scale === 1 ? input : builder.node('Mul', [input, builder.scalar(scale)]);
  return shift === 0 ? scaled : builder.node('Add', [scaled, builder.scalar(shift)]);
}

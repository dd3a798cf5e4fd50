import { affineOperation } from './affine-form.ts';
import { functionOperation } from './function-form.ts';
import { affineInFloat, inFloat, one, type LayerKind } from './kind.ts';
import { emitLinear, readLinear } from './linear.ts';

/** Caffe's Power: (shift + scale * x) ^ power. With a power of 1 it is a scale and shift like any other. */
export const power: LayerKind = {
  types: ['Power'],
  bottoms: one,
  tops: one,
  parse(layer) {
    const parameters = layer.nested('power_param');
    const exponent = parameters.number('power', 1);
    const linear = readLinear(parameters);
    return {
      summary: `(${linear.shift} + ${linear.scale} x)^${exponent}`,
      outputShapes: (bottoms) => bottoms,
      emitOnnx: ({ builder, bottoms: [bottom], tops: [top] }) => {
        const base = emitLinear(builder, bottom.name, linear);
        if (exponent === 1) builder.node('Identity', [base], {}, top.name);
        else builder.node('Pow', [base, builder.scalar(exponent)], {}, top.name);
      },
      boardForm: () => (exponent === 1 ? affineInFloat : inFloat('A power other than 1 has no int8 form.')),
      lower: (context) => {
        if (exponent !== 1) {
          const parameters = { a: linear.shift, b: linear.scale, c: exponent };
          return [functionOperation(context, { kind: 'unary', function: 'power', ...parameters })];
        }
        const channels = context.bottoms[0].shape[1] ?? 1;
        const scale = new Float32Array(channels).fill(linear.scale);
        return [affineOperation(context, { scale, shift: new Float32Array(channels).fill(linear.shift) })];
      },
    };
  },
};

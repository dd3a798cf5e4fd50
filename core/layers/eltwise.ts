import { shapeText } from '../common/tensor.ts';
import { inFloat, int8, type LayerKind, type OnnxContext } from './kind.ts';
import { sameShape, shapeError } from './shapes.ts';

const none = { kind: 'none' } as const;
const onnxTypes: Readonly<Record<string, string>> = { SUM: 'Add', PROD: 'Mul', MAX: 'Max' };

function emit({ builder, bottoms, tops }: OnnxContext, operation: string, coefficients: readonly number[]): void {
  const terms = bottoms.map(({ name }, index) => {
    const coefficient = coefficients[index] ?? 1;
    return coefficient === 1 ? name : builder.node('Mul', [name, builder.scalar(coefficient)]);
  });
  const [first = '', ...rest] = terms;
  let result = first;
  rest.forEach((term, index) => {
    const isLast = index === rest.length - 1;
    result = builder.node(onnxTypes[operation] ?? 'Add', [result, term], {}, isLast ? tops[0].name : undefined);
  });
}

/** Caffe's Eltwise: sum with coefficients, product or maximum of equal shapes. */
export const eltwise: LayerKind = {
  types: ['Eltwise'],
  bottoms: { least: 2, most: Infinity },
  tops: { least: 1, most: 1 },
  parse(layer) {
    const parameters = layer.nested('eltwise_param');
    const operation = parameters.enumeration('operation', 'SUM');
    const coefficients = parameters.numbers('coeff');
    const bottomCount = layer.strings('bottom').length;
    if (coefficients.length > 0 && (operation !== 'SUM' || coefficients.length !== bottomCount)) {
      throw parameters.fail(
        'layer.parameter',
        `There are ${coefficients.length} values of coeff for ${bottomCount} bottoms and the operation ${operation}.`,
        'Give one coeff per bottom, and only for SUM.',
        'coeff',
      );
    }
    return {
      summary: `${operation.toLowerCase()}${coefficients.length > 0 ? ` with ${coefficients.join(', ')}` : ''}`,
      outputShapes: (bottoms) => {
        const [first = []] = bottoms;
        const odd = bottoms.find((shape) => !sameShape(shape, first));
        if (odd === undefined) return [first];
        throw shapeError(
          layer,
          `The bottoms have different shapes: ${shapeText(first)} and ${shapeText(odd)}.`,
          'Correct the layers that compute them; strides and paddings of the two branches must match.',
        );
      },
      emitOnnx: (context) => {
        emit(context, operation, coefficients);
      },
      boardForm: () => (operation === 'PROD' ? inFloat('An element-wise product has no int8 form.') : int8),
      lower: ({ layer: name, bottoms, tops: [top] }) => {
        const base = { layer: name, inputs: bottoms.map(({ id }) => id), output: top.id, activation: none };
        if (operation === 'PROD') return [{ kind: 'eltwise', function: 'product', ...base }];
        if (operation === 'MAX') return [{ kind: 'eltwise', function: 'max', ...base }];
        return [{ kind: 'eltwise-sum', coefficients: bottoms.map((_, index) => coefficients[index] ?? 1), ...base }];
      },
    };
  },
};

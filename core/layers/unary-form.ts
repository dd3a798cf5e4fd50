import type { UnaryFunction } from '../graph/float-functions.ts';
import type { OnnxBuilder } from '../onnx/builder.ts';
import { functionOperation } from './function-form.ts';
import { inFloat, type LayerForm } from './kind.ts';

/** A function of each value alone, with the parameters that core/graph/float-functions.ts gives a meaning; 0 where absent. */
export interface UnaryParameters {
  readonly function: UnaryFunction;
  readonly a?: number;
  readonly b?: number;
  readonly c?: number;
}

/** A layer that is a function of each value alone; boards compute it in float. */
export function unaryForm(
  name: string,
  summary: string,
  parameters: UnaryParameters,
  emit: (builder: OnnxBuilder, input: string, output: string) => void,
): LayerForm {
  return {
    summary,
    outputShapes: (bottoms) => bottoms,
    emitOnnx: ({ builder, bottoms: [bottom], tops: [top] }) => {
      emit(builder, bottom.name, top.name);
    },
    boardForm: () => inFloat(`${name} has no int8 form.`),
    lower: (context) => [functionOperation(context, { kind: 'unary', a: 0, b: 0, c: 0, ...parameters })],
  };
}

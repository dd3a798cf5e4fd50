import type { OnnxBuilder } from '../onnx/builder.ts';
import { cannotLower, notOnBoard, type LayerForm } from './kind.ts';

/** A function of each value alone, in float, that boards do not compute yet. */
export function unaryForm(
  name: string,
  summary: string,
  emit: (builder: OnnxBuilder, input: string, output: string) => void,
): LayerForm {
  return {
    summary,
    outputShapes: (bottoms) => bottoms,
    emitOnnx: ({ builder, bottoms: [bottom], tops: [top] }) => {
      emit(builder, bottom.name, top.name);
    },
    boardForm: () => notOnBoard(`${name} has no board form yet.`),
    lower: cannotLower,
  };
}

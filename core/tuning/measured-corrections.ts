import type { ScaleTable } from '../calibration/table.ts';
import type { BiasCorrections, ChannelFactors } from '../calibration/tuning/apply.ts';
import type { Tensor } from '../common/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import type { ForwardSession } from '../inference/session.ts';
import { quantiseBlob } from '../quantization/execute/convert.ts';
import { convolutionsOf, divided } from './candidates.ts';
import { biasCorrection, scalesOf, type InputMeans } from './correct-bias.ts';

/** Corrections of all layers, from the means of what each reads: exact, and as the table's int8 leaves it. */
export async function measuredCorrections(request: {
  /** Its channels are divided by `factors` already. */
  readonly graph: Graph;
  readonly table: ScaleTable;
  readonly factors: ChannelFactors;
  readonly session: ForwardSession;
  readonly inputName: string;
  readonly inputs: readonly Tensor[];
}): Promise<BiasCorrections> {
  const { graph, table, factors, session, inputName, inputs } = request;
  const layers = convolutionsOf(graph).flatMap((operation) => {
    const [scale] = table.activations.get(operation.layer) ?? [0];
    return scale > 0 ? [{ operation, scale }] : [];
  });
  const sums = new Map<string, InputMeans>();
  for (const input of inputs) {
    const results = await session.run(new Map([[inputName, input]]));
    for (const { operation, scale } of layers) {
      const [id] = operation.inputs;
      const value = id === inputName ? input : results.get(id);
      if (value === undefined) continue;
      const channels = value.shape[1] ?? 1;
      const sum = sums.get(operation.layer) ?? { exact: new Float64Array(channels), int8: new Float64Array(channels) };
      sums.set(operation.layer, sum);
      addMeans(sum, divided(value, factors.get(id)), scale, inputs.length);
    }
  }
  return new Map(
    layers.flatMap(({ operation, scale }) => {
      const means = sums.get(operation.layer);
      return means === undefined
        ? []
        : [[operation.layer, biasCorrection(operation, scalesOf(table, operation), scale, means)] as const];
    }),
  );
}

function addMeans({ exact, int8 }: InputMeans, values: Float32Array, scale: number, inputs: number): void {
  const quantised = quantiseBlob(values, scale);
  const size = values.length / exact.length;
  for (let channel = 0; channel < exact.length; channel++) {
    let sum = 0;
    let quantisedSum = 0;
    for (let i = channel * size; i < (channel + 1) * size; i++) {
      sum += values[i];
      quantisedSum += quantised[i];
    }
    exact[channel] += sum / size / inputs;
    int8[channel] += quantisedSum / scale / size / inputs;
  }
}

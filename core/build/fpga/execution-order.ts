import type { QuantizedNetwork } from '../../quantization/quantized-network.ts';
import { placeOperation } from './mapping.ts';
import type { AcceleratorPart } from './parts.ts';
import { schedule } from './schedule.ts';

/**
 * The network with its operations in the order in which accelerator and processor take turns, so that each program takes the place of
 * operations that follow each other. Compiling what this returns gives the same stages again.
 */
export function inExecutionOrder(network: QuantizedNetwork, part: AcceleratorPart): QuantizedNetwork {
  const placements = network.operations.map((_, position) => placeOperation(network, position, part));
  const order = schedule(network, placements).flatMap((stage) =>
    stage.kind === 'processor' ? [stage.operation] : stage.layers.map(({ operation }) => operation),
  );
  return { ...network, operations: order.map((position) => network.operations[position]) };
}

import { dropDead } from '../graph/drop-dead.ts';
import type { Graph, Operation, ValueId } from '../graph/graph.ts';
import { producersOf } from '../graph/byte-moves.ts';

/**
 * The values by which int8 is compared with fp32: the network's outputs, but what a choice is made from in place of the
 * choice. Boxes that change places in a list of detections, or a class that is named by its number, tell nothing of how
 * near int8 is.
 *
 * @param isKnown whether fp32 can be had of a value
 */
export function judgedOutputs(graph: Graph, isKnown: (id: ValueId) => boolean): readonly ValueId[] {
  const producers = producersOf(graph);
  const judged = graph.outputs.flatMap((id) => {
    const producer = producers.get(id);
    const before = producer === undefined ? undefined : choosesFrom(producer);
    return before?.every(isKnown) === true ? before : [id];
  });
  return [...new Set(judged)];
}

/** The same, but what a softmax reads in place of its classes: noise that is small adds up there, and every class counts. */
export function measuredOutputs(
  graph: Graph,
  judged: readonly ValueId[],
  isKnown: (id: ValueId) => boolean,
): readonly ValueId[] {
  const producers = producersOf(graph);
  const measured = judged.map((id) => {
    const producer = producers.get(id);
    const before = producer?.kind === 'softmax' ? producer.inputs[0] : id;
    return isKnown(before) ? before : id;
  });
  return [...new Set(measured)];
}

function choosesFrom(operation: Operation): readonly ValueId[] | undefined {
  if (operation.kind === 'detection-output') return operation.inputs.slice(0, 2);
  return operation.kind === 'argmax' ? operation.inputs : undefined;
}

/** The graph as far as it is needed for some values. */
export function upTo(graph: Graph, outputs: readonly ValueId[]): Graph {
  return dropDead({ ...graph, outputs });
}

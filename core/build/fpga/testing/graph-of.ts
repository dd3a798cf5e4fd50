import type { Graph, Size2d } from '../../../graph/graph.ts';
import { GraphBuilder } from '../../../quantization/testing/graph-builder.ts';

export function square(side: number): Size2d {
  return { height: side, width: side };
}

/** A head keeps the network's int8 blobs from being outputs, which are float. */
export function graphOf(shape: readonly number[], build: (b: GraphBuilder) => string): Graph {
  const b = new GraphBuilder(5);
  b.input('data', shape);
  const last = build(b);
  return b.build([b.convolution('head', last, 7)]);
}

import { floatTypeBytes } from './schema.ts';
import { shallowModelProto, type ShallowGraph, type ShallowModel, type ShallowNode } from './shallow-schema.ts';

/** Operators of ONNX that only move values. */
const moves: ReadonlySet<string> = new Set(['Identity', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose']);

/** ONNX Runtime's own operator that brings a value from its blocked layout to NCHW. */
const reorder = { domain: 'com.microsoft.nchwc', opType: 'ReorderOutput' } as const;

/** Channels lie in blocks of 4, 8 or 16, whichever suits the processor; the last block is filled up. */
const largestBlock = 16;

/**
 * Has a model return outputs whose values may come in any order as it holds them inside: what only moves values before such an
 * output is left out. In a model that ONNX Runtime has optimised that is most of all the way back from the blocked layout in
 * which it convolves (channels in blocks of 16 or fewer), where that adds no values.
 *
 * @param unordered names of outputs
 * @returns undefined where nothing can be left out, else the model and the new names of its outputs by their old ones; their
 *   shapes are not declared
 */
export function withUnorderedOutputs(
  model: Uint8Array,
  unordered: ReadonlySet<string>,
): { readonly model: Uint8Array; readonly names: ReadonlyMap<string, string> } | undefined {
  const decoded = shallowModelProto.decode(model) as unknown as ShallowModel;
  const { graph } = decoded;
  const makers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const names = new Map(
    graph.output.map(({ name }) => [name, unordered.has(name) ? originOf(name, makers) : name] as const),
  );
  if ([...names].every(([before, after]) => before === after)) return undefined;
  const types = new Map(graph.output.map((output) => [output.name, output]));
  graph.output = [...new Set(names.values())].map((name) => types.get(name) ?? { name, type: floatTypeBytes });
  graph.node = neededNodes(graph, makers);
  return { model: shallowModelProto.encode(decoded).finish(), names };
}

/** The value that has the same values in some order and is computed, not moved. */
function originOf(name: string, makers: ReadonlyMap<string, ShallowNode>): string {
  const maker = makers.get(name);
  if (maker === undefined || !onlyMoves(maker)) return name;
  const [source] = maker.input;
  // What no node makes is an input or a constant of the model and cannot be its output.
  return makers.has(source) ? originOf(source, makers) : name;
}

function onlyMoves({ domain, opType, attribute }: ShallowNode): boolean {
  if (domain === '' || domain === 'ai.onnx') return moves.has(opType);
  if (domain !== reorder.domain || opType !== reorder.opType) return false;
  const channels = Number(String(attribute.find(({ name }) => name === 'channels')?.i));
  return channels > 0 && channels % largestBlock === 0;
}

/** The nodes that outputs depend on, in their order. */
function neededNodes(graph: ShallowGraph, makers: ReadonlyMap<string, ShallowNode>): readonly ShallowNode[] {
  const needed = new Set<ShallowNode>();
  const open = graph.output.map(({ name }) => name);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const maker = makers.get(name);
    if (maker === undefined || needed.has(maker)) continue;
    needed.add(maker);
    open.push(...maker.input);
  }
  return graph.node.filter((node) => needed.has(node));
}

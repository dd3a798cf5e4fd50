import type { LayoutAnswer, NetworkGraph, Position } from './types.ts';

let nextId = 1;

/** Lays a graph out in a worker; the worker ends with it. Rejects where the worker fails or the signal aborts. */
export async function layOutAside(
  { nodes, edges }: NetworkGraph,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Position>> {
  const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
  const id = nextId++;
  try {
    return await new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(new DOMException('the layout is not wanted any more', 'AbortError'));
      });
      worker.onerror = ({ message }) => {
        reject(new Error(message));
      };
      worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => {
        if (data.id === id) resolve(new Map(data.positions));
      };
      worker.postMessage({ id, nodes: nodes.map((node) => node.id), edges: edges.map(({ from, to }) => [from, to]) });
    });
  } finally {
    worker.terminate();
  }
}

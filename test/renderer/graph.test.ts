import { describe, expect, it } from 'vitest';
import type { NetworkView } from '../../electron/shared/schemas/network.ts';
import { layOut } from '../../renderer/graph/layout.ts';
import { networkGraph } from '../../renderer/graph/network-graph.ts';
import { NODE_HEIGHT } from '../../renderer/graph/types.ts';
import { isHost, joinAddress, splitAddress } from '../../renderer/steps/board/board-address.ts';
import { meanText, parseMean, parseNumber, parseSide } from '../../renderer/steps/images/numbers.ts';
import { fileName, modelFileKind, projectNameOf } from '../../renderer/state/paths.ts';

type Layer = NetworkView['layers'][number];

function layer(name: string, bottoms: string[], tops: string[]): Layer {
  const rest = {
    type: 'ReLU',
    line: 1,
    shapes: [],
    summary: '',
    parameters: 0,
    macs: 0,
    runs: 'int8',
    reason: '',
  } as const;
  return { name, bottoms, tops, ...rest, shapes: [] };
}

function network(layers: Layer[]): NetworkView {
  const totals = { layers: layers.length, parameters: 0, macs: 0, int8: layers.length, float: 0, not: 0 };
  return {
    name: '',
    file: '',
    model: null,
    format: '',
    inputs: [{ name: 'data', shape: [1] }],
    outputs: [],
    layers,
    totals,
    warnings: [],
  };
}

describe('the graph of a network', () => {
  it('puts in-place layers between the writer and the later readers', () => {
    const { edges } = networkGraph(
      network([
        layer('conv', ['data'], ['conv']),
        layer('relu', ['conv'], ['conv']),
        layer('pool', ['conv'], ['pool']),
      ]),
    );
    expect(edges.map(({ from, to }) => `${from} > ${to}`)).toEqual([
      'input data > layer 0',
      'layer 0 > layer 1',
      'layer 1 > layer 2',
    ]);
  });

  it('lays 200 layers with branches out from top to bottom without overlaps', () => {
    const layers: Layer[] = [];
    let last = 'data';
    for (let block = 0; block < 50; block++) {
      layers.push(layer(`a${block}`, [last], [`a${block}`]), layer(`b${block}`, [`a${block}`], [`b${block}`]));
      layers.push(
        layer(`c${block}`, [`b${block}`], [`c${block}`]),
        layer(`sum${block}`, [`c${block}`, last], [`sum${block}`]),
      );
      last = `sum${block}`;
    }
    const { nodes, edges } = networkGraph(network(layers));
    const { positions } = layOut({
      id: 1,
      nodes: nodes.map(({ id }) => id),
      edges: edges.map(({ from, to }) => [from, to]),
    });
    const of = new Map(positions);
    for (const { from, to } of edges) {
      expect((of.get(to)?.y ?? 0) - (of.get(from)?.y ?? 0)).toBeGreaterThanOrEqual(NODE_HEIGHT);
    }
    expect(new Set(positions.map(([, { x, y }]) => `${x} ${y}`)).size).toBe(nodes.length);
  });
});

describe('what is typed', () => {
  it('is read as means, factors and sizes', () => {
    expect(parseMean('104 117, 123', 3)).toEqual([104, 117, 123]);
    expect(parseMean('127.5', 3)).toEqual([127.5, 127.5, 127.5]);
    expect(parseMean('1 2', 3)).toBeUndefined();
    expect(parseMean('x', 1)).toBeUndefined();
    expect(parseNumber('0')).toBeUndefined();
    expect(parseNumber('0.017')).toBe(0.017);
    expect(parseSide('2.5')).toBeUndefined();
    expect(parseSide('256')).toBe(256);
    expect(meanText([103.939, 116.779])).toBe('103.94 116.78');
  });

  it('is an address only when it is whole', () => {
    expect(splitAddress('pi@board.local:2222')).toEqual({ user: 'pi', host: 'board.local:2222' });
    expect(splitAddress('virtual')).toEqual({ user: '', host: '' });
    expect(joinAddress({ user: '', host: 'board' })).toBeNull();
    expect(joinAddress({ user: 'pi', host: 'board' })).toBe('pi@board');
    expect(isHost('a b')).toBe(false);
    expect(isHost('[fe80::1]:22')).toBe(true);
  });

  it('names files and projects', () => {
    expect(fileName('C:\\models\\net.prototxt')).toBe('net.prototxt');
    expect(projectNameOf('/models/squeezenet/deploy.prototxt')).toBe('squeezenet');
    expect(projectNameOf('/models/lenet.caffemodel')).toBe('lenet');
    expect(modelFileKind('a.CAFFEMODEL')).toBe('weights');
    expect(modelFileKind('a.onnx')).toBeUndefined();
  });
});

import { graphlib, layout } from '@dagrejs/dagre';
import type { Inspection } from '../inspect.ts';
import type { Network } from '../network.ts';
import { drawnNetwork, type DrawnNode } from './nodes.ts';

const lineHeight = 15;
const padding = 8;
const headerHeight = 20;
/** Of 11-pixel text, about. */
const characterWidth = 6.3;
const leastWidth = 120;
const mostCharacters = 40;

/** Colours of the header by how the layer runs: readable with black text, told apart without red and green. */
const colours: Readonly<Record<DrawnNode['runs'], string>> = {
  input: '#d9d9d9',
  int8: '#a6cee3',
  float: '#fdd49e',
  not: '#f4a6c0',
};

interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The network drawn as SVG, from top to bottom: a box a layer with its parameters and shape, coloured by how it runs on a
 * board. It needs no other program and no network; the same network gives the same drawing.
 */
export function drawNetwork(network: Network, inspection: Inspection): string {
  const { nodes, edges } = drawnNetwork(network, inspection);
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 28, marginx: 16, marginy: 48 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, { ...boxSize(node) });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);

  const { width = 0, height = 0 } = graph.graph() as { readonly width?: number; readonly height?: number };
  const lines = edges.map(({ from, to }) =>
    edgePath((graph.edge(from, to) as { readonly points: readonly Point[] }).points),
  );
  const boxes = nodes.map((node) => boxMarkup(node, graph.node(node.id) as Point));
  const size = [Math.ceil(Math.max(width, 420)), Math.ceil(height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size[0]}" height="${size[1]}" viewBox="0 0 ${size[0]} ${size[1]}" role="img" font-family="system-ui, sans-serif" font-size="11">`,
    `<title>${escapeXml(network.name === '' ? network.file : network.name)}</title>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    legend(),
    `<g fill="none" stroke="#555" marker-end="url(#arrow)">${lines.join('')}</g>`,
    ...boxes,
    '</svg>\n',
  ].join('\n');
}

function boxSize(node: DrawnNode): { readonly width: number; readonly height: number } {
  const longest = Math.max(...textLines(node).map((line) => line.length));
  return {
    width: Math.max(leastWidth, longest * characterWidth + 2 * padding),
    height: headerHeight + textLines(node).length * lineHeight + padding,
  };
}

/** Below the title. */
function textLines({ name, lines, inPlace }: DrawnNode): readonly string[] {
  const further = inPlace.length === 0 ? [] : [`+ ${inPlace.join(', ')}`];
  return [name, ...lines, ...further].map((line) =>
    line.length <= mostCharacters ? line : `${line.slice(0, mostCharacters - 1)}…`,
  );
}

function boxMarkup(node: DrawnNode, { x, y }: Point): string {
  const { width, height } = boxSize(node);
  const [left, top] = [round(x - width / 2), round(y - height / 2)];
  const texts = textLines(node).map(
    (line, index) =>
      `<text x="${round(x)}" y="${round(top + headerHeight + (index + 1) * lineHeight - 3)}"${index === 0 ? ' font-weight="600"' : ''}>${escapeXml(line)}</text>`,
  );
  return [
    `<g text-anchor="middle"><title>${escapeXml(`${node.title} ${node.name}`)}</title>`,
    `<rect x="${left}" y="${top}" width="${round(width)}" height="${height}" rx="4" fill="#fff" stroke="#555"/>`,
    `<path d="M${left} ${top + headerHeight}v-16a4 4 0 0 1 4-4h${round(width - 8)}a4 4 0 0 1 4 4v16z" fill="${colours[node.runs]}" stroke="#555"/>`,
    `<text x="${round(x)}" y="${round(top + 14)}">${escapeXml(node.title)}</text>`,
    ...texts,
    '</g>',
  ].join('');
}

function edgePath(points: readonly Point[]): string {
  return `<path d="${points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('')}"/>`;
}

function legend(): string {
  const entries = [
    ['int8', 'runs as int8'],
    ['float', 'runs in float'],
    ['not', 'does not run on a board'],
  ] as const;
  return entries
    .map(
      ([runs, label], index) =>
        `<rect x="${16 + index * 130}" y="14" width="12" height="12" fill="${colours[runs]}" stroke="#555"/><text x="${33 + index * 130}" y="24">${label}</text>`,
    )
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/\p{Cc}/gu, ' ');
}

import { shapeText } from '../common/tensor.ts';
import type { Inspection, LayerInspection } from './inspect.ts';

type Row = readonly string[];

const heading: Row = ['Layer', 'Type', 'Bottoms', 'Tops', 'Shape', 'Parameters', 'MACs', 'Runs as', ''];
const numberColumns: ReadonlySet<number> = new Set([5, 6]);
const widest = 28;

/** An inspection as a table for a terminal. */
export function formatInspection(inspection: Inspection): string {
  const { totals } = inspection;
  const rows = inspection.layers.map(layerRow);
  const total: Row = [
    'Total',
    `${totals.layers} layers`,
    '',
    '',
    '',
    count(totals.parameters),
    count(totals.macs),
    '',
    '',
  ];
  const inputs = inspection.inputs.map(({ name, shape }) => `${name} ${shapeText(shape)}`).join(', ');
  const outputs = inspection.outputs.map(({ name, shape }) => `${name} ${shapeText(shape)}`).join(', ');
  return [
    `${inspection.name === '' ? 'Network without a name' : inspection.name} (${inspection.format}): ${inspection.file}`,
    `Inputs:  ${inputs}`,
    `Outputs: ${outputs}`,
    '',
    ...table([heading, ...rows, total]),
    '',
    `On a board: ${totals.int8} layers in int8, ${totals.float} in float, ${totals.not} not.`,
    ...inspection.warnings.map(({ message, location }) => `Warning: line ${location.line ?? '?'}: ${message}`),
    '',
  ].join('\n');
}

function layerRow(layer: LayerInspection): Row {
  const remark = [layer.summary, layer.reason].filter((text) => text !== '').join('; ');
  return [
    shorten(layer.name),
    layer.type,
    shorten(layer.bottoms.join(' ')),
    shorten(layer.tops.join(' ')),
    layer.shapes.map(shapeText).join(' '),
    layer.parameters === 0 ? '' : count(layer.parameters),
    layer.macs === 0 ? '' : count(layer.macs),
    layer.runs,
    remark,
  ];
}

function table(rows: readonly Row[]): string[] {
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (numberColumns.has(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd(),
  );
  const rule = '-'.repeat(Math.max(...lines.map((line) => line.length)));
  return [lines[0], rule, ...lines.slice(1, -1), rule, lines[lines.length - 1]];
}

/** Long names lose their middle, since both ends tell. */
function shorten(text: string): string {
  return text.length <= widest ? text : `${text.slice(0, 12)}…${text.slice(text.length - widest + 13)}`;
}

/** `1,234` below a million, else three digits with M or G. */
export function count(value: number): string {
  if (value < 1e6) return value.toLocaleString('en-US');
  return value < 1e9 ? `${(value / 1e6).toPrecision(3)} M` : `${(value / 1e9).toPrecision(3)} G`;
}

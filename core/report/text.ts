import { compareReports } from './compare.ts';
import type { ComparisonRow } from './compare.ts';
import {
  boardFacts,
  CONDITIONS_UNKNOWN,
  CONDITION_TITLES,
  conditionFacts,
  latencyFacts,
  packageFacts,
  packageTitle,
  shownConditions,
  topText,
} from './facts.ts';
import { acceleratorFacts, layersNote } from './accelerator.ts';
import { formatBytes, formatCount, formatDuration, formatPercent, threeDigits } from './format.ts';
import type { Report } from './schema.ts';
import { textFacts, textTable } from './table.ts';
import { findingsOf } from './verdict.ts';

const MARKS = { good: '+', caution: '!', bad: 'x' } as const;

/** A report for a terminal. */
export function reportText(report: Report): string {
  const findings = findingsOf(report).map(({ level, text }) => `${MARKS[level]} ${text}`);
  return [
    packageTitle(report),
    section('Latency', textFacts(latencyFacts(report))),
    section('What to make of it', findings.join('\n')),
    report.accelerator === null ? '' : section('Accelerator', textFacts(acceleratorFacts(report.accelerator))),
    section('Board', textFacts(boardFacts(report))),
    section('Package', textFacts(packageFacts(report))),
    report.conditions.length === 0 || report.accelerator?.simulated === true
      ? ''
      : section('Clock and heat', conditionsTable(report)),
    report.layers === null || report.layers.length === 0 ? '' : section('Layers', layersTable(report)),
    ...report.outputs
      .filter(({ top }) => top.length > 0)
      .map(({ name, top }) => section(`Largest values of "${name}"`, top.map(topText).join('\n'))),
    report.warnings.length === 0 ? '' : section('Noted on the way', report.warnings.join('\n')),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/**
 * Two reports beside each other, with ratios above 1 where the second is better.
 * @param titles of the two columns; the packages' titles where absent
 */
export function comparisonText(first: Report, second: Report, titles?: readonly [string, string]): string {
  const { rows, reasons } = compareReports(first, second);
  const [one, other] = titles ?? [packageTitle(first), packageTitle(second)];
  const table = textTable(
    [
      { title: '' },
      { title: one, align: 'right' },
      { title: other, align: 'right' },
      { title: 'ratio', align: 'right' },
    ],
    rows.map((row) => [row.name, comparedValue(row, row.first), comparedValue(row, row.second), ratioText(row)]),
  );
  const warning =
    reasons.length === 0 ? '' : `\n\nNot comparable:\n${reasons.map((reason) => `x ${reason}`).join('\n')}`;
  return `${table}${warning}\n`;
}

/** A value of a comparison in its unit. */
export function comparedValue({ kind }: ComparisonRow, value: number | null): string {
  if (value === null) return 'not known';
  if (kind === 'rate') return value.toFixed(1);
  return kind === 'bytes' ? formatBytes(value) : formatDuration(value);
}

/** `2.31 x`. */
export function ratioText({ ratio }: ComparisonRow): string {
  return ratio === null ? '' : `${threeDigits(ratio)} x`;
}

function section(title: string, body: string): string {
  return `${title}\n${'-'.repeat(title.length)}\n${body}`;
}

function conditionsTable(report: Report): string {
  const shown = shownConditions(report);
  if (shown.length === 0) return CONDITIONS_UNKNOWN;
  return textTable(
    CONDITION_TITLES.map((title) => ({ title })),
    shown.map(conditionFacts),
  );
}

function layersTable({ layers: all, accelerator }: Report): string {
  const layers = all ?? [];
  const total = layers.reduce((sum, layer) => sum + layer.medianNs, 0);
  const table = textTable(
    [
      { title: 'layer' },
      { title: 'kind' },
      { title: 'median', align: 'right' },
      { title: 'share', align: 'right' },
      ...(accelerator === null ? [] : [{ title: 'cycles', align: 'right' } as const]),
      { title: 'MACs', align: 'right' },
      { title: 'kernel' },
    ],
    layers.map(({ layer, kind, kernel, medianNs, macs, cycles }) => [
      layer,
      kind,
      formatDuration(medianNs),
      total === 0 ? '' : formatPercent(medianNs / total),
      ...(accelerator === null ? [] : [cycles === null ? '' : String(cycles)]),
      formatCount(macs),
      kernel ?? '',
    ]),
  );
  return `${table}\n${layersNote(accelerator)}`;
}

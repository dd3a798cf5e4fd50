import { acceleratorFacts, layersNote } from '../accelerator.ts';
import { compareReports } from '../compare.ts';
import {
  boardFacts,
  boardTitle,
  CONDITION_TITLES,
  CONDITIONS_UNKNOWN,
  conditionFacts,
  latencyFacts,
  packageFacts,
  packageTitle,
  shownConditions,
} from '../facts.ts';
import { formatBytes, formatCount, formatDuration, formatMoment, formatPercent } from '../format.ts';
import type { Report } from '../schema.ts';
import { summarise } from '../statistics.ts';
import { comparedValue, ratioText } from '../text.ts';
import { findingsOf } from '../verdict.ts';
import type { FindingLevel } from '../verdict.ts';
import { distributionChart, layersChart, timelineChart, type Chart } from './charts.ts';
import { dataTable, escapeHtml, factsTable } from './markup.ts';
import { STYLE } from './style.ts';

const LEVEL_WORDS: Record<FindingLevel, string> = { good: 'Good', caution: 'Mind', bad: 'Do not rely on it' };

/**
 * A report as one HTML page that needs nothing else: no script, no file from elsewhere.
 * @param compareWith a report that is put beside it, fp32 beside int8 for instance
 */
export function reportHtml(report: Report, compareWith?: Report): string {
  const title = `${packageTitle(report)} on ${boardTitle(report)}`;
  const charts = chartsOf(report);
  const body = [
    `<h1>${escapeHtml(packageTitle(report))}</h1>`,
    `<p class="under">on ${escapeHtml(boardTitle(report))}, ${formatMoment(report.startedAt)}</p>`,
    keyFigures(report),
    findings(report),
    compareWith === undefined ? '' : comparison(compareWith, report),
    `<h2>Latency</h2>`,
    latency(report, charts.latency),
    accelerator(report),
    layers(report, charts.layers),
    outputs(report),
    conditions(report),
    `<h2>Board and package</h2>`,
    factsTable('Board', boardFacts(report)),
    factsTable('Package', packageFacts(report)),
    noted(report),
    `<footer>Report version ${report.version}, written by ${escapeHtml(report.tool.name)} ${escapeHtml(report.tool.version)}.</footer>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
${stylesOf([...charts.latency, ...charts.layers])}
</head>
<body>
<main>
${body.filter((part) => part !== '').join('\n')}
</main>
</body>
</html>
`;
}

interface Charts {
  /** None where the latency is no measured one. */
  readonly latency: readonly Chart[];
  /** None where layers were not measured. */
  readonly layers: readonly Chart[];
}

function chartsOf({ accelerator, latency: { samplesNs }, layers }: Report): Charts {
  return {
    latency: accelerator?.simulated === true ? [] : [timelineChart(samplesNs), distributionChart(samplesNs)],
    layers: layers === null || layers.length === 0 ? [] : [layersChart(layers)],
  };
}

/** Each style once: charts share their frame's. */
function stylesOf(charts: readonly Chart[]): string {
  const styles = charts.flatMap(({ head }) => head.match(/<style[^>]*>[^]*?<\/style>/g) ?? []);
  return [...new Set(styles)].join('\n');
}

function drawn(charts: readonly Chart[]): string {
  return charts.map(({ body }) => `<div class="chart">${body}</div>`).join('');
}

function latency(report: Report, charts: readonly Chart[]): string {
  const facts = factsTable('In numbers', latencyFacts(report));
  if (charts.length === 0) return facts;
  return `${drawn(charts)}${facts}<p class="note">"90 % are below" is the 90th percentile: nine runs in ten were faster. Percentiles are interpolated between neighbouring runs.</p>`;
}

function keyFigures(report: Report): string {
  const { medianNs, p90Ns, p99Ns, perSecond } = summarise(report.latency.samplesNs);
  const { loadNs, peakMemoryBytes } = report.run;
  const { accelerator: counted } = report;
  if (counted?.simulated === true) {
    return figureList([
      ['simulated latency', formatDuration(medianNs)],
      ['per second', perSecond.toFixed(1)],
      ['cycles', String(counted.cycles)],
      ['array active', formatPercent(counted.arrayActiveCycles / counted.cycles)],
      ['memory traffic', formatBytes(counted.readBytes + counted.writeBytes)],
    ]);
  }
  return figureList([
    ['median latency', formatDuration(medianNs)],
    ['90 % are below', formatDuration(p90Ns)],
    ['99 % are below', formatDuration(p99Ns)],
    ['per second', perSecond.toFixed(1)],
    ['load time', formatDuration(loadNs)],
    ...(peakMemoryBytes === null ? [] : [['peak memory', formatBytes(peakMemoryBytes)] as const]),
  ]);
}

function figureList(figures: readonly (readonly [string, string])[]): string {
  const items = figures.map(
    ([name, value], index) =>
      `<li${index === 0 ? ' class="main"' : ''}><span class="name">${name}</span> <span class="value">${value}</span></li>`,
  );
  return `<ul class="figures">${items.join('')}</ul>`;
}

function findings(report: Report): string {
  const items = findingsOf(report).map(
    ({ level, text }) => `<li class="${level}"><strong>${LEVEL_WORDS[level]}:</strong>${escapeHtml(text)}</li>`,
  );
  return `<ul class="findings" aria-label="What to make of the figures">${items.join('')}</ul>`;
}

function comparison(first: Report, second: Report): string {
  const { rows, reasons } = compareReports(first, second);
  const columns = [
    { title: '' },
    { title: packageTitle(first), numeric: true },
    { title: packageTitle(second), numeric: true },
    { title: 'ratio', numeric: true },
  ];
  const cells = rows.map((row) => [
    row.name,
    comparedValue(row, row.first),
    comparedValue(row, row.second),
    ratioText(row),
  ]);
  const warning = reasons.map((reason) => `<li class="bad"><strong>Not comparable:</strong>${escapeHtml(reason)}</li>`);
  const list = reasons.length === 0 ? '' : `<ul class="findings">${warning.join('')}</ul>`;
  return `<h2>Beside ${escapeHtml(packageTitle(first))}</h2>${list}${dataTable('A ratio above 1: the right one is faster or smaller', columns, cells)}`;
}

function accelerator({ accelerator: counted }: Report): string {
  return counted === null ? '' : `<h2>Accelerator</h2>${factsTable('In one run', acceleratorFacts(counted))}`;
}

function layers(report: Report, charts: readonly Chart[]): string {
  if (report.layers === null || report.layers.length === 0) return '';
  const total = report.layers.reduce((sum, layer) => sum + layer.medianNs, 0) || 1;
  const rows = report.layers.map(({ layer, kind, kernel, medianNs, macs, cycles }) => [
    layer,
    kind,
    formatDuration(medianNs),
    formatPercent(medianNs / total),
    ...(report.accelerator === null ? [] : [cycles === null ? '' : String(cycles)]),
    formatCount(macs),
    kernel ?? '',
  ]);
  const columns = [
    { title: 'layer' },
    { title: 'kind' },
    { title: 'median', numeric: true },
    { title: 'share', numeric: true },
    ...(report.accelerator === null ? [] : [{ title: 'cycles', numeric: true }]),
    { title: 'multiply-accumulates', numeric: true },
    { title: 'kernel' },
  ];
  return `<h2>Layers</h2>${drawn(charts)}<p class="note">${layersNote(report.accelerator)}</p><details><summary>All layers as a table</summary>${dataTable('Layers', columns, rows)}</details>`;
}

function outputs(report: Report): string {
  const tables = report.outputs
    .filter(({ top }) => top.length > 0)
    .map(({ name, top }) =>
      dataTable(
        `Largest values of "${name}"`,
        [{ title: 'class' }, { title: 'label' }, { title: 'value', numeric: true }],
        top.map(({ index, label, value }) => [String(index), label ?? '', value.toPrecision(4)]),
      ),
    );
  return tables.length === 0 ? '' : `<h2>Outputs</h2>${tables.join('')}`;
}

function conditions(report: Report): string {
  if (report.conditions.length === 0 || report.accelerator?.simulated === true) return '';
  const shown = shownConditions(report);
  if (shown.length === 0) return `<h2>Clock and heat</h2><p>${CONDITIONS_UNKNOWN}</p>`;
  const columns = CONDITION_TITLES.map((title) => ({ title }));
  return `<h2>Clock and heat</h2>${dataTable('What the board said of itself', columns, shown.map(conditionFacts))}`;
}

function noted({ warnings }: Report): string {
  if (warnings.length === 0) return '';
  return `<h2>Noted on the way</h2><ul>${warnings.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>`;
}

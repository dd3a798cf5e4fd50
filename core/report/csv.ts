import type { Report } from './schema.ts';
import { summarise } from './statistics.ts';

/** One line per report, for spreadsheets that gather many. Times in milliseconds. */
export function summaryCsv(reports: readonly Report[]): string {
  const header = [
    ...['started', 'board', 'emulated', 'network', 'precision', 'backend', 'threads', 'samples'],
    ...['min_ms', 'mean_ms', 'median_ms', 'p90_ms', 'p95_ms', 'p99_ms', 'max_ms', 'standard_deviation_ms'],
    ...['load_ms', 'peak_memory_bytes', 'package_bytes', 'package_sha256'],
    ...['accelerator', 'simulated', 'clock_hz', 'cycles', 'array_active_cycles', 'memory_bytes'],
  ];
  const rows = reports.map((report) => {
    const { board, package: pkg, run } = report;
    const latency = summarise(report.latency.samplesNs);
    return [
      ...[report.startedAt, board.model ?? board.hostname, board.emulated ? 'yes' : 'no', pkg.name, pkg.precision],
      ...[run.backend, run.threads, latency.count],
      ...[latency.minNs, latency.meanNs, latency.medianNs, latency.p90Ns, latency.p95Ns, latency.p99Ns].map(
        milliseconds,
      ),
      ...[latency.maxNs, latency.standardDeviationNs, run.loadNs].map(milliseconds),
      ...[run.peakMemoryBytes ?? '', pkg.bytes, pkg.sha256],
      ...acceleratorCells(report),
    ];
  });
  return csv(header, rows);
}

/** Every timed run in its order. */
export function samplesCsv({ latency }: Report): string {
  return csv(
    ['run', 'latency_ns'],
    latency.samplesNs.map((value, index) => [index + 1, value]),
  );
}

/** Every layer of the profile; only the header where there was none. */
export function layersCsv({ layers }: Report): string {
  return csv(
    ['layer', 'kind', 'kernel', 'median_ns', 'macs', 'cycles'],
    (layers ?? []).map(({ layer, kind, kernel, medianNs, macs, cycles }) => [
      ...[layer, kind, kernel ?? '', medianNs, macs],
      cycles ?? '',
    ]),
  );
}

function acceleratorCells({ accelerator }: Report): readonly Cell[] {
  if (accelerator === null) return ['', '', '', '', '', ''];
  const { part, simulated, clockHz, cycles, arrayActiveCycles, readBytes, writeBytes } = accelerator;
  return [part, simulated ? 'yes' : 'no', clockHz, cycles, arrayActiveCycles, readBytes + writeBytes];
}

function milliseconds(nanoseconds: number): number {
  return Number((nanoseconds / 1e6).toFixed(6));
}

type Cell = string | number;

/** RFC 4180: CRLF, quotes doubled. */
function csv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

function cellText(cell: Cell): string {
  if (typeof cell === 'number') return String(cell);
  // Spreadsheets run a text that begins like a formula; names come from model files that others made.
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CortadoError } from '../../core/common/errors.ts';
import { REPORT_FOLDER } from '../../core/project/layout.ts';
import { readReport } from '../../core/report/read.ts';
import type { Report } from '../../core/report/schema.ts';
import { summarise } from '../../core/report/statistics.ts';
import type { ReportSummary } from '../shared/schemas/results.ts';

/** File of a report. Throws `report.unknown` for what is no report's id, a path for instance. */
export function reportFile(folder: string, id: string): string {
  if (/^[\w-]+$/.test(id)) return join(folder, REPORT_FOLDER, `${id}.json`);
  throw new CortadoError('report.unknown', 'There is no such report.', 'Choose one of the list.');
}

/** The project's reports, the newest first; files that are none are passed over. */
export async function listReports(folder: string): Promise<ReportSummary[]> {
  const names = await readdir(join(folder, REPORT_FOLDER)).catch(() => [] as string[]);
  const summaries: ReportSummary[] = [];
  for (const name of names.filter((each) => each.endsWith('.json'))) {
    const id = name.slice(0, -'.json'.length);
    const report = await readReport(join(folder, REPORT_FOLDER, name)).catch(() => undefined);
    if (report !== undefined && /^[\w-]+$/.test(id)) summaries.push(summaryOf(id, report));
  }
  return summaries.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

function summaryOf(id: string, report: Report): ReportSummary {
  const { medianNs, p99Ns } = summarise(report.latency.samplesNs);
  return {
    id,
    startedAt: report.startedAt,
    address: report.board.address,
    board: report.board.model ?? report.board.hostname,
    network: report.package.name,
    precision: report.package.precision,
    target: report.package.target,
    backend: report.run.backend,
    medianNs,
    p99Ns,
    virtual: report.board.kind === 'virtual',
  };
}

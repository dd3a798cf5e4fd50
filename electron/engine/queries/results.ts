import { copyFile, rm } from 'node:fs/promises';
import { CortadoError, errorText } from '../../../core/common/errors.ts';
import { writeFileAtomically } from '../../../core/common/files.ts';
import { compareReports } from '../../../core/report/compare.ts';
import { reportJson } from '../../../core/report/create.ts';
import { layersCsv, samplesCsv, summaryCsv } from '../../../core/report/csv.ts';
import { reportHtml } from '../../../core/report/html/page.ts';
import { readReport } from '../../../core/report/read.ts';
import type { Report } from '../../../core/report/schema.ts';
import { findingsOf, overallLevel } from '../../../core/report/verdict.ts';
import type { Handlers } from '../../shared/answer-call.ts';
import type { CallArgs, EngineCallName } from '../../shared/ipc-schema.ts';
import type { AccuracyView, BuildView, TuningView } from '../../shared/schemas/results.ts';
import type { Engine } from '../engine.ts';
import { fewerBins } from '../histogram-view.ts';
import { undecided } from '../project-session.ts';
import { listReports, reportFile } from '../report-files.ts';
import type { StoredCalibration } from '../stages/calibrate.ts';

type Names = Extract<
  EngineCallName,
  `${'devices' | 'calibration' | 'accuracy' | 'tuning' | 'build' | 'reports' | 'results'}.${string}`
>;

/** Calls about what the stages found. */
export function resultQueries(engine: Engine): Handlers<Names> {
  const stored = <T>(step: Parameters<typeof engine.project.session.result>[0]): Promise<T | null> =>
    engine.project.session.result<T>(step).then((result) => result ?? null);
  const report = (id: string): Promise<Report> => readReport(reportFile(engine.project.session.project.folder, id));
  return {
    'devices.list': () => engine.devices.list(engine.project.session.project.decisions.calibrate.device),
    'calibration.get': async () => (await stored<StoredCalibration>('calibrate'))?.view ?? null,
    'calibration.histogram': async ({ key, bins }) => {
      const calibration = await stored<StoredCalibration>('calibrate');
      const layer = calibration?.view.layers.find((each) => each.key === key);
      if (calibration === null || layer === undefined) throw undecided(`a calibration of ${key}`, 'calibrate');
      const { max, counts } = calibration.histograms[key];
      return { key, max, threshold: layer.threshold, counts: fewerBins(counts, bins) };
    },
    'accuracy.get': () => stored<AccuracyView>('accuracy'),
    'tuning.get': () => stored<TuningView>('tuning'),
    'build.get': () => stored<BuildView>('target'),
    'reports.list': () => listReports(engine.project.session.project.folder),
    'reports.get': async ({ id }) => {
      const found = await report(id);
      const findings = findingsOf(found);
      return {
        id,
        report: found,
        level: overallLevel(findings),
        findings: findings.map((finding) => ({ ...finding })),
      };
    },
    'reports.compare': async ({ first, second }) => {
      const { reasons, rows } = compareReports(await report(first), await report(second));
      return { first, second, reasons: [...reasons], rows: rows.map((row) => ({ ...row })) };
    },
    'reports.export': async ({ id, other, format, path }) => {
      const content = exported(await report(id), other === null ? undefined : await report(other), format);
      await writeFileAtomically(path, content);
      return undefined;
    },
    'reports.remove': async ({ id }) => {
      await rm(reportFile(engine.project.session.project.folder, id), { force: true });
      return undefined;
    },
    'results.save': async ({ what, path }) => {
      await save(what === 'table' ? engine.project.session.tableFile : (await stored<BuildView>('target'))?.file, path);
      return undefined;
    },
  };
}

function exported(report: Report, other: Report | undefined, format: CallArgs<'reports.export'>['format']): string {
  switch (format) {
    case 'html':
      return reportHtml(report, other);
    case 'json':
      return reportJson(report);
    case 'csv-summary':
      return summaryCsv(other === undefined ? [report] : [report, other]);
    case 'csv-samples':
      return samplesCsv(report);
    case 'csv-layers':
      return layersCsv(report);
  }
}

async function save(source: string | undefined, target: string): Promise<void> {
  if (source === undefined) throw undecided('a result', 'target');
  try {
    await copyFile(source, target);
  } catch (cause) {
    throw new CortadoError(
      'file.write',
      `The file could not be written: ${errorText(cause)}.`,
      'Choose a folder that you may write to, with enough free space.',
      { location: { file: target }, cause },
    );
  }
}

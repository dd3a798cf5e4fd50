import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { CortadoError, errorText } from '../common/errors.ts';
import { REPORT_VERSION, reportSchema } from './schema.ts';
import type { Report } from './schema.ts';

/** Reads a report file. Throws `file.read`, `report.not-json`, `report.not-a-report`, `report.version` or `report.field`, with the place. */
export async function readReport(path: string): Promise<Report> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new CortadoError(
      'file.read',
      `The report cannot be read: ${errorText(cause)}.`,
      'Check the path of the report.',
      { location: { file: path }, cause },
    );
  }
  return parseReport(text, path);
}

/** As `readReport`, for a text that is at hand. */
export function parseReport(text: string, file: string): Report {
  const value = parseJson(text, file);
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  if (format !== 'cortado-report') {
    throw new CortadoError(
      'report.not-a-report',
      'The file is not a report of Cortado.',
      'Give the file that "cortado deploy … --report R.json" wrote.',
      { location: { file, field: 'format' } },
    );
  }
  if (version !== REPORT_VERSION) {
    const newer = typeof version === 'number' && version > REPORT_VERSION;
    throw new CortadoError(
      'report.version',
      `The report has format version ${JSON.stringify(version)}; this Cortado reads version ${REPORT_VERSION}.`,
      newer ? 'Open it with the newer Cortado that wrote it.' : 'Run the package again to get a new report.',
      { location: { file, field: 'version' } },
    );
  }
  const result = v.safeParse(reportSchema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const field = v.getDotPath(issue) ?? undefined;
  throw new CortadoError(
    'report.field',
    `The report is damaged: ${issue.expected ?? 'another value'} was expected, ${issue.received} is there.`,
    'Run the package again to get a new report; do not edit reports by hand.',
    { location: { file, ...(field === undefined ? {} : { field }) } },
  );
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const position = /position (\d+)/.exec(errorText(cause))?.[1];
    const line = position === undefined ? undefined : text.slice(0, Number(position)).split('\n').length;
    throw new CortadoError(
      'report.not-json',
      `The report is not JSON: ${errorText(cause)}.`,
      'It may have been cut off while it was copied; take it from where it was written.',
      { location: { file, ...(line === undefined ? {} : { line }) }, cause },
    );
  }
}

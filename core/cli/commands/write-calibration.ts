import { rm } from 'node:fs/promises';
import type { BlobCalibration } from '../../calibration/choose-thresholds.ts';
import { writeTable } from '../../calibration/read-table.ts';
import { recordFile, writeRecord, type CalibrationRecord } from '../../calibration/record.ts';
import type { SkippedFile } from '../../calibration/samples.ts';
import type { ScaleTable } from '../../calibration/table.ts';
import { tuningFile } from '../../calibration/tuning/tuning.ts';
import { textTable } from '../text-table.ts';
import { note, print } from '../terminal.ts';

/** What a calibration or a merge of its parts found. */
interface FoundTable {
  readonly table: ScaleTable;
  readonly layers: readonly BlobCalibration[];
  readonly skipped: readonly SkippedFile[];
  readonly used: number;
  readonly notes: readonly string[];
  readonly method: string;
}

/** Writes the table, with the record of how it was made where there is one, and prints what was found. */
export async function writeCalibration(
  result: FoundTable,
  flags: { readonly output: string; readonly json?: true },
  record?: CalibrationRecord,
): Promise<void> {
  noteSkipped(result.skipped);
  result.notes.forEach(note);
  await writeTable(flags.output, result.table);
  // One that an earlier call left would be taken for this table's.
  await rm(tuningFile(flags.output), { force: true });
  if (record === undefined) await rm(recordFile(flags.output), { force: true });
  else await writeRecord(flags.output, record);
  if (flags.json === true) {
    const layers = result.layers.map(({ key, blob, part, max, threshold, scale, clippedShare }) => ({
      key,
      blob,
      part,
      max,
      threshold,
      scale,
      clippedShare,
    }));
    print(
      JSON.stringify(
        {
          output: flags.output,
          format: result.table.format,
          used: result.used,
          skipped: result.skipped,
          ...record,
          layers,
        },
        null,
        2,
      ),
    );
    return;
  }
  print(thresholdTable(result.layers));
  note(`${result.used} inputs, ${result.method}; wrote ${flags.output}`);
}

/** Names the files that could not be read. */
export function noteSkipped(skipped: readonly SkippedFile[]): void {
  skipped.forEach(({ path, reason }) => {
    note(`Skipped ${path}: ${reason}`);
  });
}

function thresholdTable(layers: readonly BlobCalibration[]): string {
  return textTable(
    ['line', 'blob', 'largest', 'threshold', 'scale', 'clipped'],
    layers.map(({ key, blob, max, threshold, scale, clippedShare }) => [
      key,
      blob,
      max.toPrecision(5),
      threshold.toPrecision(5),
      scale.toPrecision(5),
      `${(100 * clippedShare).toFixed(2)} %`,
    ]),
  );
}

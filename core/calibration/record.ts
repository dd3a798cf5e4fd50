import { writeFileAtomically } from '../common/files.ts';
import { VERSION } from '../common/version.ts';
import type { ChosenDevice } from '../inference/devices/choose-device.ts';
import type { CalibrationResult } from './calibrate-target.ts';

/** How a table was made: formats have no place for it that every reader skips, so it lies beside the table. */
export interface CalibrationRecord {
  /** Cortado's version. */
  readonly version: string;
  readonly method: string;
  readonly passes: 1 | 2;
  readonly used: number;
  readonly skipped: CalibrationResult['skipped'];
  /** What ran the forward passes, why that, and what else was tried. */
  readonly device: ChosenDevice & { readonly runtime: string };
}

export function recordOf(result: CalibrationResult, device: ChosenDevice): CalibrationRecord {
  const { method, passes, used, skipped } = result;
  return { version: VERSION, method, passes, used, skipped, device: { ...device, runtime: result.device } };
}

/** `TABLE.record.json`. */
export function recordFile(tableFile: string): string {
  return `${tableFile}.record.json`;
}

export async function writeRecord(tableFile: string, record: CalibrationRecord): Promise<void> {
  await writeFileAtomically(recordFile(tableFile), `${JSON.stringify(record, null, 2)}\n`);
}

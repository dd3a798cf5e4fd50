import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CortadoError } from '../../../common/errors.ts';
import type { BitstreamHeader } from './bitstream-file.ts';
import { acceptBitstream } from './build-bitstream.ts';
import { parseTiming, parseUtilisation, type TimingReport, type UtilisationReport } from './reports.ts';

/** A bitstream that was accepted, with the reports that lie beside it. */
export interface CheckedBitstream {
  readonly header: BitstreamHeader;
  /** Null where there is no utilisation.rpt, or none of this part. */
  readonly utilisation: UtilisationReport | null;
  /** Null where there is no timing.rpt that can be read. */
  readonly timing: TimingReport | null;
  /** Why a report that is there is not told. */
  readonly notes: readonly string[];
}

/**
 * Accepts a bitstream as `acceptBitstream` does, and reads utilisation.rpt and timing.rpt beside it. The reports are no condition:
 * one that is not there or cannot be read refuses nothing.
 * @throws CortadoError `fpga.board`, `file.read`, `bitstream.…`
 */
export async function checkedBitstream(file: string, board: string, fpgaFolder: string): Promise<CheckedBitstream> {
  const header = await acceptBitstream(file, board, fpgaFolder);
  const notes: string[] = [];
  const beside = async <T>(name: string, parse: (text: string, file: string) => T): Promise<T | null> => {
    const report = join(dirname(file), name);
    try {
      const text = await readFile(report, 'utf8').catch(() => null);
      return text === null ? null : parse(text, report);
    } catch (error) {
      if (!(error instanceof CortadoError)) throw error;
      notes.push(`${name}: ${error.message}`);
      return null;
    }
  };
  const found = await beside('utilisation.rpt', parseUtilisation);
  const timing = await beside('timing.rpt', parseTiming);
  const isOfPart = found === null || found.device === '' || withoutFamily(found.device).startsWith(header.part);
  if (!isOfPart) notes.push(`utilisation.rpt: It is of another part, ${found.device}.`);
  return { header, utilisation: isOfPart ? found : null, timing, notes };
}

function withoutFamily(device: string): string {
  return device.toLowerCase().replace(/^xc/, '');
}

import { CortadoError } from '../../../common/errors.ts';

/** One resource of a part: how much a design takes of what there is. Block RAMs count in halves. */
export interface ResourceUse {
  readonly used: number;
  readonly available: number;
}

/** What `report_utilization` says of a placed design. */
export interface UtilisationReport {
  readonly device: string;
  readonly luts: ResourceUse;
  readonly flipFlops: ResourceUse;
  /** Of 36 Kbit. */
  readonly blockRams: ResourceUse;
  readonly dspSlices: ResourceUse;
}

/** What `report_timing_summary` says: nanoseconds to spare on the worst paths, negative where they miss. */
export interface TimingReport {
  readonly setupSlackNs: number;
  readonly holdSlackNs: number;
  readonly pulseWidthSlackNs: number;
  readonly met: boolean;
}

/** Names of a resource in the reports of the 7 series and of UltraScale+. */
const RESOURCES = {
  luts: ['Slice LUTs', 'CLB LUTs'],
  flipFlops: ['Slice Registers', 'CLB Registers'],
  blockRams: ['Block RAM Tile'],
  dspSlices: ['DSPs'],
} as const;

/**
 * Reads utilisation.rpt as `report_utilization -file` writes it.
 * @throws CortadoError `vivado.report` where a resource is not in it
 */
export function parseUtilisation(text: string, file: string): UtilisationReport {
  const rows = tableRows(text);
  const use = (names: readonly string[]): ResourceUse => {
    for (const row of rows) {
      const name = (row['Site Type'] ?? '').replace(/\*$/, '');
      const [used, available] = [Number(row.Used), Number(row.Available)];
      if (names.includes(name) && Number.isFinite(used) && Number.isFinite(available)) return { used, available };
    }
    throw unreadable(file, `it has no line "${names[0]}"`);
  };
  return {
    device: /^\|\s*Device\s*:\s*(\S+)/m.exec(text)?.[1] ?? '',
    luts: use(RESOURCES.luts),
    flipFlops: use(RESOURCES.flipFlops),
    blockRams: use(RESOURCES.blockRams),
    dspSlices: use(RESOURCES.dspSlices),
  };
}

/**
 * Reads timing.rpt as `report_timing_summary -file` writes it.
 * @throws CortadoError `vivado.report` where the summary is not in it
 */
export function parseTiming(text: string, file: string): TimingReport {
  const lines = text.split(/\r?\n/);
  const at = lines.findIndex((line) => /^\s*WNS\(ns\)\s/.test(line));
  const names = (lines[at] ?? '').trim().split(/\s{2,}/);
  const values = (lines[at + 2] ?? '').trim().split(/\s+/).map(Number);
  const value = (name: string): number => {
    const found = values.at(names.indexOf(name));
    if (at < 0 || !names.includes(name) || found === undefined || !Number.isFinite(found))
      throw unreadable(file, `its summary has no ${name}`);
    return found;
  };
  const setupSlackNs = value('WNS(ns)');
  const holdSlackNs = value('WHS(ns)');
  const pulseWidthSlackNs = value('WPWS(ns)');
  return {
    setupSlackNs,
    holdSlackNs,
    pulseWidthSlackNs,
    met: setupSlackNs >= 0 && holdSlackNs >= 0 && pulseWidthSlackNs >= 0,
  };
}

type Row = Readonly<Record<string, string | undefined>>;

/** Lines of all tables, by the names of their columns, which differ between releases. */
function tableRows(text: string): readonly Row[] {
  let columns: readonly string[] = [];
  const rows: Row[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (!line.startsWith('|')) continue;
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (cells[0] === 'Site Type') columns = cells;
    else rows.push(Object.fromEntries(columns.map((column, index) => [column, cells[index]])));
  }
  return rows;
}

function unreadable(file: string, reason: string): CortadoError {
  return new CortadoError(
    'vivado.report',
    `This is not a report that Vivado wrote for the accelerator: ${reason}.`,
    'Build the bitstream again (cortado build bitstream).',
    { location: { file } },
  );
}

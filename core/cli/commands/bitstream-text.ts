import type { BitstreamHeader } from '../../build/fpga/vivado/bitstream-file.ts';
import type { CheckedBitstream } from '../../build/fpga/vivado/check-bitstream.ts';
import type { ResourceUse, TimingReport, UtilisationReport } from '../../build/fpga/vivado/reports.ts';
import { textTable } from '../text-table.ts';

/** A bitstream in words, with what its reports say where they are there. */
export function bitstreamText({ header, utilisation, timing }: Omit<CheckedBitstream, 'notes'>): string {
  return [
    headerText(header),
    ...(utilisation === null ? [] : [utilisationText(utilisation)]),
    ...(timing === null ? [] : [timingText(timing)]),
  ].join('\n');
}

function headerText({ design, part, date, time, bytes }: BitstreamHeader): string {
  return `${design} for ${part}, built ${date} ${time}, ${(bytes / 1024).toFixed(0)} KiB`;
}

function utilisationText({ luts, flipFlops, blockRams, dspSlices }: UtilisationReport): string {
  const row = (name: string, { used, available }: ResourceUse): string[] => [
    name,
    String(used),
    String(available),
    `${((100 * used) / available).toFixed(1)} %`,
  ];
  return textTable(
    ['resource', 'used', 'available', ''],
    [
      row('look-up tables', luts),
      row('flip-flops', flipFlops),
      row('block RAMs (36 Kbit)', blockRams),
      row('DSP slices', dspSlices),
    ],
  );
}

function timingText({ setupSlackNs, holdSlackNs }: TimingReport): string {
  return `Slack: ${setupSlackNs} ns (setup), ${holdSlackNs} ns (hold).`;
}

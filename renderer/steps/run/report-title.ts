import { formatDuration } from '../../../core/report/format.ts';
import type { ReportSummary } from '../../../electron/shared/schemas/results.ts';
import { texts } from '../../i18n/i18n.svelte.ts';

/** One line that tells a report from others: when, where, what, how fast. */
export function reportTitle({ startedAt, board, network, precision, backend, medianNs }: ReportSummary): string {
  return [texts.moment(startedAt), board, `${network} ${precision}`, backend, formatDuration(medianNs)].join(' · ');
}

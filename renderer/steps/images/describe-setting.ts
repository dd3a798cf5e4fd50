import type { Evidence } from '../../../electron/shared/schemas/network.ts';
import { t } from '../../i18n/i18n.svelte.ts';
import { meanText } from './numbers.ts';

/** `BGR, mean 104 117 123, factor 1`, in the window's language. */
export function describeSetting({ channels, mean, norm }: Evidence['candidates'][number]): string {
  return t('images.evidence.setting.text', { channels: t(`images.channels.${channels}`), mean: meanText(mean), norm });
}

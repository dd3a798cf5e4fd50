import { t } from '../i18n/i18n.svelte.ts';
import { parseSide } from './images/numbers.ts';

/** For a field that may be empty: what is wrong with a text that is no positive whole number. */
export function optionalCount(text: string): string | undefined {
  return text.trim() === '' || parseSide(text) !== undefined ? undefined : t('field.count.invalid');
}

/** For a field that needs a positive whole number. */
export function neededCount(text: string): string | undefined {
  return parseSide(text) !== undefined ? undefined : t('field.count.invalid');
}

import { t, texts } from './i18n.svelte.ts';

/** Why a step is not done, in words: by the whole code, else by what kind of code it is. */
export function reasonText(code: string): string {
  const known = texts.coded('reason', code);
  if (known !== undefined) return known;
  if (code.startsWith('changed.')) return t('reason.changed');
  // The code of the error that the last attempt ended in.
  const [family] = code.split('.');
  return texts.coded('errorTitle', code) ?? texts.coded('errorTitle', family) ?? t('reason.failed');
}

import { t, texts } from './i18n.svelte.ts';

/** Why a step is not done, in words: by the whole code, else by what kind of code it is. */
export function reasonText(code: string): string {
  const known = texts.coded('reason', code);
  if (known !== undefined) return known;
  return code.startsWith('changed.') ? t('reason.changed') : t('reason.failed');
}

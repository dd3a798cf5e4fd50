import type { WireError } from '../../electron/shared/schemas/basics.ts';
import { t, texts } from './i18n.svelte.ts';

/** The title for an error's code: of the code itself, else of its family, else a general one. */
export function errorTitle(code: string): string {
  const [family] = code.split('.');
  return texts.coded('errorTitle', code) ?? texts.coded('errorTitle', family) ?? t('errorTitle.other');
}

/** What to do about an error: the catalogue's words for its code or family, which speak of the window; core's own where it has none. */
export function errorAdvice({ code, advice, location }: WireError): string {
  const values = { file: location.file ?? '', line: location.line ?? '' };
  const [family] = code.split('.');
  return (
    texts.coded('errorAdvice', code, values) ?? texts.coded('errorAdvice', family, values) ?? texts.sentence(advice)
  );
}

/** `file:line: field`; empty where the error names no place. */
export function errorPlace({ location: { file, line, field } }: WireError): string {
  const where = file === undefined ? '' : line === undefined ? file : `${file}:${line}`;
  return [where, field ?? ''].filter((part) => part !== '').join(': ');
}

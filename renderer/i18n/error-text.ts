import type { WireError } from '../../electron/shared/schemas/basics.ts';
import { t, texts } from './i18n.svelte.ts';

/** The title for an error's code: of the code itself, else of its family, else a general one. */
export function errorTitle(code: string): string {
  const [family] = code.split('.');
  return texts.coded('errorTitle', code) ?? texts.coded('errorTitle', family) ?? t('errorTitle.other');
}

/** `file:line: field`; empty where the error names no place. */
export function errorPlace({ location: { file, line, field } }: WireError): string {
  const where = file === undefined ? '' : line === undefined ? file : `${file}:${line}`;
  return [where, field ?? ''].filter((part) => part !== '').join(': ');
}

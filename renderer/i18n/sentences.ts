import type { Language } from '../../electron/shared/schemas/app.ts';
import { sentences } from './zh-CN/sentences.ts';

interface Pattern {
  readonly expression: RegExp;
  readonly chinese: string;
  /** What the window says in English; core's own words where absent. */
  readonly english: string | undefined;
}

const patterns: readonly Pattern[] = sentences.map(([english, chinese, inWindow]) => ({
  expression: new RegExp(`^${escaped(english).replace(/\\\{\d\\\}/g, '(.+?)')}$`),
  chinese,
  english: inWindow,
}));

/**
 * A sentence of core in the window's language: core writes its notes and warnings in English for the command line, reports and logs, and each has a
 * template here, `{0}` standing for what varies. A sentence that none fits stays as it is.
 */
export function translateSentence(text: string, language: Language): string {
  for (const { expression, chinese, english = text } of patterns) {
    const match = expression.exec(text);
    if (match !== null)
      return (language === 'en' ? english : chinese).replace(
        /\{(\d)\}/g,
        (_, index: string) => match[Number(index) + 1] ?? '',
      );
  }
  return text;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

import { sentences } from './zh-CN/sentences.ts';

interface Pattern {
  readonly expression: RegExp;
  readonly chinese: string;
}

const patterns: readonly Pattern[] = sentences.map(([english, chinese]) => ({
  expression: new RegExp(`^${escaped(english).replace(/\\\{\d\\\}/g, '(.+?)')}$`),
  chinese,
}));

/**
 * A sentence of core in Chinese: core writes its notes and warnings in English for the command line, reports and logs, and each has a
 * template here, `{0}` standing for what varies. A sentence that none fits stays as it is.
 */
export function translateSentence(text: string): string {
  for (const { expression, chinese } of patterns) {
    const match = expression.exec(text);
    if (match !== null) return chinese.replace(/\{(\d)\}/g, (_, index: string) => match[Number(index) + 1] ?? '');
  }
  return text;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

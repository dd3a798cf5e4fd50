import type { Language } from '../../electron/shared/schemas/app.ts';
import { sentences } from './zh-CN/sentences/index.ts';

interface Pattern {
  readonly english: string;
  /** What stands before the first and after the last thing that varies. */
  readonly start: string;
  readonly end: string;
  /** How much of it is fixed: of two that fit, the one with more says it better. */
  readonly weight: number;
  readonly templates: Readonly<Record<Language, string>>;
}

const patterns: readonly Pattern[] = sentences
  .map(([english, chinese, inWindow]) => ({
    english,
    start: english.split(/\{\d\}/, 1)[0],
    end: english.split(/\{\d\}/).at(-1) ?? '',
    weight: english.replace(/\{\d\}/g, '').length,
    templates: { en: inWindow ?? english, 'zh-CN': chinese },
  }))
  .sort((a, b) => b.weight - a.weight);

/** Of patterns that were needed: to make all of them at once would hold the window up. */
const expressions = new Map<string, RegExp>();

function matchOf({ english, start, end }: Pattern, text: string): RegExpExecArray | null {
  if (!text.startsWith(start) || !text.endsWith(end)) return null;
  let expression = expressions.get(english);
  if (expression === undefined) {
    expression = new RegExp(`^${escaped(english).replace(/\\\{\d\\\}/g, '(.*?)')}$`);
    expressions.set(english, expression);
  }
  return expression.exec(text);
}

/** Where one sentence ends and the next begins. */
const BETWEEN_SENTENCES = /(?<=[.!?]) (?=["“A-Z])/;
/** A file or layer, and what is said of it. */
const OF_SOMETHING = /^(.+?): (.+)$/;

/** What was translated already: tables say the same of many layers. */
const known = new Map<string, string>();
const MOST_KNOWN = 2000;

/**
 * A sentence of core in the window's language: core writes its notes and warnings in English for the command line, reports and logs, and each has a
 * template here, `{0}` standing for what varies; what varies can be a sentence too. A sentence that none fits stays as it is.
 */
export function translateSentence(text: string, language: Language): string {
  const key = `${language} ${text}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const translated = whole(text, language) ?? inParts(text, language);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, translated);
  return translated;
}

function whole(text: string, language: Language): string | undefined {
  for (const pattern of patterns) {
    const match = matchOf(pattern, text);
    if (match === null) continue;
    return pattern.templates[language].replace(/\{(\d)\}/g, (_, index: string) => {
      const part = match[Number(index) + 1] ?? '';
      // A name is none, whatever it is called.
      return part.includes(' ') ? translateSentence(part, language) : part;
    });
  }
  return undefined;
}

/** Several sentences, each by itself; or what is said of something that is named before it. */
function inParts(text: string, language: Language): string {
  const parts = text.split(BETWEEN_SENTENCES);
  if (parts.length > 1) {
    const translated = parts.map((part) => translateSentence(part, language));
    const isTranslated = language === 'zh-CN' && translated.some((part, index) => part !== parts[index]);
    return translated.join(isTranslated ? '' : ' ');
  }
  const said = OF_SOMETHING.exec(text);
  if (said === null) return text;
  const [, something, what] = said;
  const translated = whole(what, language);
  if (translated === undefined) return text;
  return language === 'zh-CN' ? `${something}：${translated}` : `${something}: ${translated}`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

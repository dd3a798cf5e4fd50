import type { Language } from '../../electron/shared/schemas/app.ts';
import { english } from './en/index.ts';
import { fill, type Catalogue, type ValuesOf } from './message.ts';
import { translateSentence } from './sentences.ts';
import { chinese } from './zh-CN/index.ts';

type English = typeof english;
export type TextKey = keyof English;

const catalogues: Readonly<Record<Language, Catalogue>> = { en: english, 'zh-CN': chinese };

/** The texts of the window in the language that is used; components read it and follow when it changes. */
class Texts {
  language = $state<Language>('en');
  private readonly plurals = $derived(new Intl.PluralRules(this.language));
  private readonly numbers = $derived(new Intl.NumberFormat(this.language, { maximumFractionDigits: 4 }));
  private readonly moments = $derived(
    new Intl.DateTimeFormat(this.language, { dateStyle: 'medium', timeStyle: 'short' }),
  );

  /** The text of a key. */
  text<Key extends TextKey>(key: Key, ...[values]: ValuesOf<English[Key]>): string {
    return fill(catalogues[this.language][key], values ?? {}, this.plurals, this.numbers);
  }

  /** The text for a code that the engine gave, or undefined where the catalogue has none. */
  coded(family: string, code: string, values: Readonly<Record<string, string | number>> = {}): string | undefined {
    const catalogue = catalogues[this.language];
    const key = `${family}.${code}`;
    return Object.hasOwn(catalogue, key) ? fill(catalogue[key], values, this.plurals, this.numbers) : undefined;
  }

  /** A sentence of the engine in the language that is used; as it is where no translation is known. */
  sentence(text: string): string {
    return translateSentence(text, this.language);
  }

  number(value: number, digits = 2): string {
    return new Intl.NumberFormat(this.language, { maximumFractionDigits: digits }).format(value);
  }

  /** `12.5 %` of a share of 0.125. */
  percent(share: number, digits = 1): string {
    return new Intl.NumberFormat(this.language, { style: 'percent', maximumFractionDigits: digits }).format(share);
  }

  moment(iso: string): string {
    return this.moments.format(new Date(iso));
  }

  /** `12 s`, `3 min 05 s`. */
  seconds(seconds: number): string {
    if (seconds < 10) return this.text('time.seconds', { seconds: Math.round(seconds * 10) / 10 });
    const whole = Math.round(seconds);
    if (whole < 60) return this.text('time.seconds', { seconds: whole });
    return this.text('time.minutes', { minutes: Math.floor(whole / 60), seconds: String(whole % 60).padStart(2, '0') });
  }
}

export const texts = new Texts();

/** Short for `texts.text`. */
export function t<Key extends TextKey>(key: Key, ...values: ValuesOf<English[Key]>): string {
  return texts.text(key, ...values);
}

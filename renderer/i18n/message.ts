/** A text with `{names}` to be filled in, or two forms of it chosen by the number `n`. */
export type Message = string | { readonly one: string; readonly other: string };
export type Catalogue = Readonly<Record<string, Message>>;

/** A catalogue of another language: the same keys; a language without plural forms has one text for each. */
export type Translation<Source extends Catalogue> = Readonly<Record<keyof Source, Message>>;

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type TextOf<Entry extends Message> = Entry extends { readonly other: infer Other extends string }
  ? Other | '{n}'
  : Extract<Entry, string>;

/** What a message wants to be filled in with. */
export type Values<Entry extends Message> = Readonly<Record<NamesIn<TextOf<Entry>>, string | number>>;
/** Empty for a message without names. */
export type ValuesOf<Entry extends Message> = [NamesIn<TextOf<Entry>>] extends [never] ? [] : [values: Values<Entry>];

/** Fills a message in. Numbers are written in the language's own way, and choose the plural form by `n`. */
export function fill(
  message: Message,
  values: Readonly<Record<string, string | number>>,
  plurals: Intl.PluralRules,
  numbers: Intl.NumberFormat,
): string {
  const text =
    typeof message === 'string' ? message : message[plurals.select(Number(values.n)) === 'one' ? 'one' : 'other'];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    if (!Object.hasOwn(values, name)) return whole;
    const value = values[name];
    return typeof value === 'number' ? numbers.format(value) : value;
  });
}

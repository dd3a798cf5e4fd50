import { readFile } from 'node:fs/promises';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';
import { english } from '../../renderer/i18n/en/index.ts';
import { fill, type Message } from '../../renderer/i18n/message.ts';
import { translateSentence } from '../../renderer/i18n/sentences.ts';
import { sentences } from '../../renderer/i18n/zh-CN/sentences/index.ts';
import { chinese } from '../../renderer/i18n/zh-CN/index.ts';
import { errorCodes } from './support/error-codes.ts';
import { recorded } from './double/recorded.ts';
import { coreSentences } from './support/core-sentences.ts';
import { literalTexts } from './support/literal-texts.ts';

const renderer = fileURLToPath(new URL('../../renderer/', import.meta.url));
const names = (message: Message): string[] =>
  [
    ...new Set(
      [
        ...Object.values({ message })
          .map((each) => JSON.stringify(each))
          .join('')
          .matchAll(/\{(\w+)\}/g),
      ].map(([, name]) => name),
    ),
  ].sort();

describe('the catalogues', () => {
  it('have the same keys and the same names to fill in', () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
    for (const [key, message] of Object.entries(english)) {
      expect(names(chinese[key as keyof typeof english]), key).toEqual(names(message));
    }
  });

  it('leave nothing in English in the Chinese one, but names and units', () => {
    const same = Object.entries(english).flatMap(([key, message]) =>
      JSON.stringify(chinese[key as keyof typeof english]) === JSON.stringify(message) ? [key] : [],
    );
    expect(same).toMatchSnapshot();
  });

  it('choose the plural form, and write numbers in the language', () => {
    const plurals = new Intl.PluralRules('en');
    const numbers = new Intl.NumberFormat('en');
    const message = { one: '{n} layer', other: '{n} layers' };
    expect(fill(message, { n: 1 }, plurals, numbers)).toBe('1 layer');
    expect(fill(message, { n: 1200 }, plurals, numbers)).toBe('1,200 layers');
    expect(fill('of {missing}', {}, plurals, numbers)).toBe('of {missing}');
  });

  it('translate the sentences of core by their templates', () => {
    expect(translateSentence('folded into conv1', 'zh-CN')).toBe('已合并到 conv1');
    expect(
      translateSentence('3 of 64 weight scales of conv2 are 0: the weights there are (nearly) all 0.', 'zh-CN'),
    ).toBe('conv2 的 64 个权重缩放系数中有 3 个为 0：对应的权重（几乎）全为 0。');
    expect(translateSentence('something new', 'zh-CN')).toBe('something new');
    expect(translateSentence('folded into conv1', 'en')).toBe('folded into conv1');
    const noMean = 'No mean is subtracted: neither --mean nor --mean-file was given, and the prototxt names none.';
    expect(translateSentence(noMean, 'en')).not.toContain('--');
    expect(new Set(sentences.map(([sentence]) => sentence)).size).toBe(sentences.length);
  });
});

describe('the sentences of core', () => {
  /** Read like sentences, and are none: the form of an address, a shell's command, the beginning of a file. */
  const none = [/^Write user@host/, /^\[ -f /, /^version https:/];
  const filled = (text: string): string => text.replace(/\{(\d+)\}/g, (_, index: string) => `x${index}`);

  it('that can reach the window all have a translation', async () => {
    const found = await coreSentences(fileURLToPath(new URL('../..', import.meta.url)));
    expect(found.size).toBeGreaterThan(400);
    const without = [...found].filter(
      ([text]) => translateSentence(filled(text), 'zh-CN') === filled(text) && none.every((each) => !each.test(text)),
    );
    expect(without.map(([text, place]) => `${place}: ${text}`)).toEqual([]);
  });

  it('name what is under way, as the engine did for the sample', () => {
    const activities = Object.values(recorded().running).map(({ activity }) => activity);
    expect(activities.length).toBeGreaterThan(5);
    const said = activities.filter((activity) => activity !== '');
    expect(said.filter((activity) => translateSentence(activity, 'zh-CN') === activity)).toEqual([]);
  });

  it('do not speak of the command line in the window', async () => {
    const found = await coreSentences(fileURLToPath(new URL('../..', import.meta.url)));
    const said = [...found.keys()].map((text) => translateSentence(filled(text), 'en'));
    expect(said.filter((text) => / --[a-z]|^--[a-z]|\(--/.test(text))).toEqual([]);
  });

  it('keep all that varies', () => {
    for (const [source, ...others] of sentences)
      for (const other of others)
        expect(other === undefined ? names(source) : names(other), source).toEqual(names(source));
  });

  it('are translated inside each other, one after the other, and behind a name', () => {
    expect(translateSentence('Layer a b runs in float: it is a constant.', 'zh-CN')).toBe(
      '层 a b 以浮点运行：它是常量。',
    );
    expect(translateSentence('The board cannot start the agent. Its last words: exec format error', 'zh-CN')).toBe(
      '开发板无法启动代理程序。它最后的输出：exec format error',
    );
    expect(translateSentence('photo 1.png: The file is not a picture that can be read: cut.', 'zh-CN')).toBe(
      'photo 1.png：该文件不是可读取的图片：cut。',
    );
    expect(translateSentence('The layer done has the type running, which is not known.', 'zh-CN')).toBe(
      '层 done 的类型 running 未知。',
    );
    expect(translateSentence('Something new. Something else: new too.', 'zh-CN')).toBe(
      'Something new. Something else: new too.',
    );
  });
});

describe('errors', () => {
  it('of every code that can reach the window have a title and say what to do, in its own words', async () => {
    const codes = await errorCodes(fileURLToPath(new URL('../..', import.meta.url)));
    expect(codes.size).toBeGreaterThan(100);
    const without = (what: string): string[] =>
      [...codes].flatMap(([code, file]) => {
        const keys = [code, code.split('.')[0]].map((each) => `${what}.${each}`);
        return keys.some((key) => Object.hasOwn(english, key)) ? [] : [`${code} of ${file}`];
      });
    expect(without('errorTitle')).toEqual([]);
    expect(without('errorAdvice')).toEqual([]);
  });

  it('say nothing of the command line', () => {
    const texts = Object.entries(english).filter(([key]) => key.startsWith('errorAdvice.') && !key.endsWith('.shard'));
    expect(texts.filter(([, text]) => / --[a-z]|cortado [a-z]/.test(JSON.stringify(text)))).toEqual([]);
  });
});

describe('the components', () => {
  it('hold no text of their own', async () => {
    const found: string[] = [];
    for await (const file of glob(['**/*.svelte', '../core/**/*.svelte'], { cwd: renderer })) {
      const source = await readFile(join(renderer, file), 'utf8');
      found.push(...literalTexts(parse(source, { modern: true })).map((text) => `${file}: ${text}`));
    }
    expect(found).toEqual([]);
  });

  it('would be caught if they did', () => {
    const source = '<p title="Hello">World {x}</p><b>{`of ${x} Items`}</b><img alt="" /><i>×</i>';
    expect(literalTexts(parse(source, { modern: true }))).toEqual(['Hello', 'World']);
  });
});

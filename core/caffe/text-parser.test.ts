import { describe, expect, it } from 'vitest';
import { CortadoError } from '../common/errors.ts';
import { isMessage, type Message } from './message.ts';
import { parseTextFormat } from './text-parser.ts';

/** The message as nested lists of [name, line, value], to compare with. */
function plain(message: Message): unknown[] {
  return message.fields.map(({ name, line, value }) => [name, line, isMessage(value) ? plain(value) : value.text]);
}

function parse(text: string): unknown[] {
  return plain(parseTextFormat(text, 'net.prototxt'));
}

function errorOf(text: string): CortadoError {
  try {
    parseTextFormat(text, 'net.prototxt');
  } catch (error) {
    if (error instanceof CortadoError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('parseTextFormat', () => {
  it('takes both forms of messages, with and without a colon', () => {
    expect(parse('a { x: 1 }\nb: { x: 2 }\nc < x: 3 >\nd: <x: 4>')).toEqual([
      ['a', 1, [['x', 1, '1']]],
      ['b', 2, [['x', 2, '2']]],
      ['c', 3, [['x', 3, '3']]],
      ['d', 4, [['x', 4, '4']]],
    ]);
  });

  it('counts lines with CRLF, comments and a byte order mark', () => {
    expect(parse('\ufeff# first { \r\n\r\nname: "x" # rest\r\n  dim: 3')).toEqual([
      ['name', 3, 'x'],
      ['dim', 4, '3'],
    ]);
  });

  it('joins adjacent strings of both quotes and resolves escapes', () => {
    expect(parse(`name: "a\\"b" 'c' "\\x41\\101\\n"`)).toEqual([['name', 1, 'a"bcAA\n']]);
  });

  it('takes lists, separators and every form of number', () => {
    expect(parse('dim: [1, 2 , 0x10]; scale: -1.5e-3f, e: .5 f: 1. g: -inf h: +2')).toEqual([
      ['dim', 1, '1'],
      ['dim', 1, '2'],
      ['dim', 1, '0x10'],
      ['scale', 1, '-1.5e-3f'],
      ['e', 1, '.5'],
      ['f', 1, '1.'],
      ['g', 1, '-inf'],
      ['h', 1, '+2'],
    ]);
    expect(parse('shape: [ { dim: 1 }, { dim: 2 } ] empty: []')).toHaveLength(2);
  });

  it.each([
    ['layer {\n name: "a"\n', 1, /never closed/],
    ['layer {\n name: "a"\n}\n}', 4, /not open/],
    ['layer <\n name: "a"\n}', 3, /Expected ">"/],
    ['a: 1\nname: "abc\nb: 2', 2, /not closed/],
    ['a: 1\nb 3', 2, /colon or a brace is missing between b and "3"/],
    ['a:\n}', 2, /Expected a value for a/],
    ['a: [1 2]', 1, /comma/],
    ['a: [1,', 1, /value for a/],
    ['a: 1\n\u0000\u0001', 2, /0x00/],
    ['a: @', 1, /"@"/],
    ['3: 4', 1, /name of a field/],
  ])('names the line of what is wrong in %j', (text, line, message) => {
    const error = errorOf(text);
    expect(error.code).toBe('caffe.prototxt-syntax');
    expect(error.location).toEqual({ file: 'net.prototxt', line });
    expect(error.message).toMatch(message);
    expect(error.advice).not.toBe('');
  });

  it('refuses messages nested ten thousand deep without exhausting the stack', () => {
    expect(errorOf('a {'.repeat(10_000)).message).toMatch(/nested more than/);
    expect(errorOf('a {'.repeat(10_000) + '}'.repeat(10_000)).message).toMatch(/nested more than/);
  });
});

import { CortadoError } from '../common/errors.ts';

export type TokenKind = 'name' | 'number' | 'string' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** A string's text is without its quotes and with its escapes resolved. */
  readonly text: string;
  readonly line: number;
}

/** The error of everything that is not well-formed prototxt. */
export function syntaxError(file: string, line: number, message: string, advice: string): CortadoError {
  return new CortadoError('caffe.prototxt-syntax', message, advice, { location: { file, line } });
}

const blank = /(?:[ \t\r\v\f\n]|#[^\n]*)+/y;
const name = /[A-Za-z_][A-Za-z0-9_]*/y;
// Protobuf's text format: decimal, hexadecimal, octal, floats with an optional f, inf and nan with a sign.
const number = /[+-]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fF]?|inf(?:inity)?\b|nan\b)/iy;
/** What stands for itself in a string. */
const plainText = /[^"'\\\n]+/y;
const symbols = '{}<>[]:,;-./';

const plainEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** Splits prototxt into tokens, one at a time, so that a long file needs no list of them. */
export class Tokenizer {
  private position = 0;
  private line = 1;

  constructor(
    private readonly text: string,
    private readonly file: string,
  ) {
    if (text.startsWith('\ufeff')) this.position = 1;
  }

  next(): Token {
    this.skipBlanks();
    const { line } = this;
    if (this.position >= this.text.length) return { kind: 'end', text: 'the end of the file', line };
    const word = this.match(name);
    if (word !== undefined) return { kind: 'name', text: word, line };
    const digits = this.match(number);
    if (digits !== undefined) return { kind: 'number', text: digits, line };
    const character = this.text.charAt(this.position);
    if (character === '"' || character === "'") return { kind: 'string', text: this.readString(character), line };
    if (!symbols.includes(character)) throw this.unexpectedCharacter(character);
    this.position += 1;
    return { kind: 'symbol', text: character, line };
  }

  private skipBlanks(): void {
    const skipped = this.match(blank);
    if (skipped === undefined) return;
    for (let at = skipped.indexOf('\n'); at >= 0; at = skipped.indexOf('\n', at + 1)) this.line += 1;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    this.position += found?.length ?? 0;
    return found;
  }

  private readString(quote: string): string {
    let result = '';
    let at = this.position + 1;
    for (;;) {
      const character = this.text.charAt(at);
      if (character === '' || character === '\n') {
        throw syntaxError(
          this.file,
          this.line,
          'A string is not closed.',
          `Add the closing ${quote} on the same line.`,
        );
      }
      if (character === quote) break;
      if (character === '\\') {
        const escape = /\\(?:[0-7]{1,3}|[xX][0-9a-fA-F]{1,2}|[^\n])/y;
        escape.lastIndex = at;
        const sequence = escape.exec(this.text)?.[0] ?? '\\';
        result += resolveEscape(sequence.slice(1));
        at += sequence.length;
      } else {
        plainText.lastIndex = at;
        const run = plainText.exec(this.text)?.[0] ?? character;
        result += run;
        at += run.length;
      }
    }
    this.position = at + 1;
    return result;
  }

  private unexpectedCharacter(character: string): CortadoError {
    const code = character.charCodeAt(0);
    const binary = code < 0x20 || code === 0xfffd;
    const shown = binary ? `the byte 0x${code.toString(16).padStart(2, '0')}` : `"${character}"`;
    return syntaxError(
      this.file,
      this.line,
      `A prototxt cannot hold ${shown} here.`,
      binary
        ? 'This looks like a binary file: give the .prototxt as the network and the .caffemodel as the weights.'
        : 'Correct this line, or take the prototxt from its source again.',
    );
  }
}

function resolveEscape(sequence: string): string {
  if (/^[0-7]/.test(sequence)) return String.fromCharCode(parseInt(sequence, 8));
  if (/^[xX]./.test(sequence)) return String.fromCharCode(parseInt(sequence.slice(1), 16));
  return plainEscapes[sequence] ?? sequence;
}

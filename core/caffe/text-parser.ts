import type { Field, Message, Scalar } from './message.ts';
import { syntaxError, Tokenizer, type Token, type TokenKind } from './text-tokens.ts';

/** Caffe's own messages nest six deep; the limit keeps a hostile file from exhausting the stack. */
const deepestNesting = 100;

/**
 * Parses protobuf's text format as Caffe uses it: comments, `{}` and `<>` messages, an optional colon before them, lists
 * in brackets, strings in both quotes with adjacent ones joined. Nothing is interpreted: unknown fields stay.
 * @param file name for errors
 * @throws CortadoError `caffe.prototxt-syntax` with the line
 */
export function parseTextFormat(text: string, file: string): Message {
  return new Parser(text, file).parseFile();
}

class Parser {
  private readonly tokenizer: Tokenizer;
  private token: Token;
  private depth = 0;

  constructor(
    text: string,
    private readonly file: string,
  ) {
    this.tokenizer = new Tokenizer(text, file);
    this.token = this.tokenizer.next();
  }

  parseFile(): Message {
    const fields = this.parseFields(undefined, 1);
    return { line: 1, fields };
  }

  /** Fields up to `close`, or to the end of the file where there is none to wait for. */
  private parseFields(close: string | undefined, openedAt: number): Field[] {
    const fields: Field[] = [];
    for (;;) {
      if (this.token.kind === 'end') {
        if (close === undefined) return fields;
        throw this.unclosed(close, openedAt);
      }
      if (this.isSymbol('}') || this.isSymbol('>')) {
        if (this.token.text !== close) throw this.unopened(close);
        return fields;
      }
      this.parseField(fields);
      if (this.isSymbol(',') || this.isSymbol(';')) this.advance();
    }
  }

  private parseField(fields: Field[]): void {
    const { line } = this.token;
    const name = this.parseFieldName();
    const colon = this.isSymbol(':');
    if (colon) this.advance();
    if (!colon && !this.isSymbol('{') && !this.isSymbol('<')) {
      throw syntaxError(
        this.file,
        this.token.line,
        `A colon or a brace is missing between ${name} and ${quote(this.token)}.`,
        `Write "${name}: value" or "${name} { ... }".`,
      );
    }
    if (!this.isSymbol('[')) {
      fields.push({ name, line, value: this.parseValue(name) });
      return;
    }
    this.advance();
    while (!this.isSymbol(']')) {
      fields.push({ name, line: this.token.line, value: this.parseValue(name) });
      if (this.isSymbol(',')) this.advance();
      else if (!this.isSymbol(']')) throw this.unexpected(`a comma or "]" in the list of ${name}`);
    }
    this.advance();
  }

  private parseFieldName(): string {
    if (this.isKind('name')) return this.take().text;
    if (!this.isSymbol('[')) throw this.unexpected('the name of a field');
    // An extension's full name: kept as it is.
    let name = '[';
    this.advance();
    while (!this.isSymbol(']')) {
      if (!this.isKind('name') && !this.isSymbol('.') && !this.isSymbol('/')) throw this.unexpected('"]"');
      name += this.take().text;
    }
    this.advance();
    return `${name}]`;
  }

  private parseValue(name: string): Message | Scalar {
    if (this.isSymbol('{') || this.isSymbol('<')) return this.parseMessage();
    if (this.token.kind === 'string') return this.parseString();
    const sign = this.isSymbol('-') ? this.take().text : '';
    if (this.token.kind === 'name' || (this.token.kind === 'number' && sign === '')) {
      return { text: sign + this.take().text, quoted: false };
    }
    throw this.unexpected(`a value for ${name}`);
  }

  private parseMessage(): Message {
    const { line } = this.token;
    const close = this.take().text === '{' ? '}' : '>';
    this.depth += 1;
    if (this.depth > deepestNesting) {
      throw syntaxError(
        this.file,
        line,
        `Messages are nested more than ${deepestNesting} deep.`,
        'No Caffe network is written like this: take the prototxt from its source again.',
      );
    }
    const fields = this.parseFields(close, line);
    this.depth -= 1;
    this.advance();
    return { line, fields };
  }

  private parseString(): Scalar {
    let text = '';
    while (this.token.kind === 'string') text += this.take().text;
    return { text, quoted: true };
  }

  private isKind(kind: TokenKind): boolean {
    return this.token.kind === kind;
  }

  private isSymbol(text: string): boolean {
    return this.token.kind === 'symbol' && this.token.text === text;
  }

  private advance(): void {
    this.token = this.tokenizer.next();
  }

  private take(): Token {
    const { token } = this;
    this.advance();
    return token;
  }

  private unexpected(wanted: string): Error {
    return syntaxError(
      this.file,
      this.token.line,
      `Expected ${wanted}, found ${quote(this.token)}.`,
      'Correct this line; a brace or a quote missing just before it has the same effect.',
    );
  }

  private unclosed(close: string, openedAt: number): Error {
    return syntaxError(
      this.file,
      openedAt,
      `The message that is opened here is never closed: "${close}" is missing.`,
      `Add the missing "${close}" where the message ends; it may belong to any message after this line.`,
    );
  }

  private unopened(close: string | undefined): Error {
    return syntaxError(
      this.file,
      this.token.line,
      close === undefined
        ? `"${this.token.text}" closes a message that is not open.`
        : `Expected "${close}", found "${this.token.text}".`,
      'Remove it, or add the brace that opens the message.',
    );
  }
}

function quote(token: Token): string {
  return token.kind === 'end' ? token.text : `"${token.text}"`;
}

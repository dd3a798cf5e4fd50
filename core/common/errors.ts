/** Where in the user's input an error lies. Every part is optional, since not every input has lines or fields. */
export interface SourceLocation {
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** Name of the field, layer or option at fault, in the words of the file. */
  readonly field?: string;
}

/**
 * An error that the user can act on: a stable code for scripts and translations, a plain sentence, the place, and what
 * to do next. Anything else that is thrown is a defect of Cortado.
 */
export class CortadoError extends Error {
  readonly code: string;
  readonly advice: string;
  readonly location: SourceLocation;

  /**
   * @param code stable, lower-case, dotted: `caffe.truncated`
   * @param message one plain sentence, without the location
   * @param advice what the user can do next, one sentence
   */
  constructor(
    code: string,
    message: string,
    advice: string,
    options: { readonly location?: SourceLocation; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CortadoError';
    this.code = code;
    this.advice = advice;
    this.location = options.location ?? {};
  }

  /** The whole error as text: `file:line: field: message` and the advice on a line of its own. */
  describe(): string {
    const { file, line, field } = this.location;
    const place = [file === undefined ? '' : line === undefined ? file : `${file}:${line}`, field ?? '']
      .filter((part) => part !== '')
      .join(': ');
    return `${place === '' ? '' : `${place}: `}${this.message}\n${this.advice}`;
  }
}

/** Makes the compiler prove that a switch handles every case. */
export function assertNever(value: never, what: string): never {
  throw new Error(`unexpected ${what}: ${JSON.stringify(value)}`);
}

/** A thrown value as text, for messages that quote a cause. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

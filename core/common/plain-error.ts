import { CortadoError, type SourceLocation } from './errors.ts';

/** An error as it travels between processes. */
export interface PlainError {
  readonly message: string;
  /** Of a `CortadoError`. */
  readonly known?: { readonly code: string; readonly advice: string; readonly location: SourceLocation };
  readonly stack?: string;
}

export function toPlainError(error: unknown): PlainError {
  if (error instanceof CortadoError) {
    const { message, code, advice, location } = error;
    return { message, known: { code, advice, location } };
  }
  if (!(error instanceof Error)) return { message: String(error) };
  return { message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) };
}

export function fromPlainError({ message, known, stack }: PlainError): Error {
  if (known !== undefined) return new CortadoError(known.code, message, known.advice, { location: known.location });
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

import { CortadoError, errorText } from '../../core/common/errors.ts';
import type { WireError } from './schemas/basics.ts';

/** Code of what is no fault of the user's. */
export const DEFECT = 'defect';

/** An error as data that survives the way to another process. */
export function toWireError(error: unknown): WireError {
  if (error instanceof CortadoError) {
    const { code, message, advice, location } = error;
    return { code, message, advice, location, details: error.describe() };
  }
  return {
    code: DEFECT,
    message: errorText(error),
    advice: 'This is a defect of Cortado, not of your input. Please report it with the copied details.',
    location: {},
    details: error instanceof Error ? (error.stack ?? error.message) : errorText(error),
  };
}

/** The error that arrived from another process, to be thrown here. */
export function fromWireError({ code, message, advice, location, details }: WireError): Error {
  if (code !== DEFECT) return new CortadoError(code, message, advice, { location });
  const error = new Error(message);
  error.stack = details;
  return error;
}

import { CortadoError, type SourceLocation } from '../common/errors.ts';
import { fieldsNamed, isMessage, type Message, type Scalar } from './message.ts';
import { booleanOf, enumNameOf, floatOf } from './scalar.ts';
import { enumNames, fieldType, messageSchema } from './schema.ts';
import { closestName } from './suggestion.ts';

const emptyMessage: Message = { line: 0, fields: [] };

/**
 * Typed reading of one message. Types were checked when the file was read, so that a getter only fails where a value is
 * missing; `fail` gives layer kinds errors that name file, line and field.
 */
export class Fields {
  constructor(
    readonly message: Message,
    /** Message type in the schema: `ConvolutionParameter`. */
    readonly type: string,
    /** Where the message is, for a person: `layer "conv1"`. */
    readonly path: string,
    readonly file: string,
    /** Line to name where a field is missing. */
    readonly line: number,
  ) {}

  has(name: string): boolean {
    return this.message.fields.some((field) => field.name === name);
  }

  /** All numbers of a repeated field; none where it is absent. */
  numbers(name: string): number[] {
    return this.scalars(name).map((scalar) => floatOf(scalar) ?? NaN);
  }

  strings(name: string): string[] {
    return this.scalars(name).map((scalar) => scalar.text);
  }

  number(name: string): number | undefined;
  number(name: string, fallback: number): number;
  number(name: string, fallback?: number): number | undefined {
    const scalar = this.scalars(name).at(-1);
    return scalar === undefined ? fallback : (floatOf(scalar) ?? fallback);
  }

  boolean(name: string, fallback: boolean): boolean {
    const scalar = this.scalars(name).at(-1);
    return scalar === undefined ? fallback : (booleanOf(scalar) ?? fallback);
  }

  string(name: string): string | undefined;
  string(name: string, fallback: string): string;
  string(name: string, fallback?: string): string | undefined {
    return this.scalars(name).at(-1)?.text ?? fallback;
  }

  /** The name of an enum's value. */
  enumeration(name: string, fallback: string): string {
    const scalar = this.scalars(name).at(-1);
    if (scalar === undefined) return fallback;
    const declared = fieldType(messageSchema(this.type) ?? {}, name);
    return enumNameOf(scalar, enumNames(declared?.type ?? '') ?? []) ?? scalar.text;
  }

  /** A nested message; an empty one where it is absent, so that defaults apply. */
  nested(name: string): Fields {
    return this.all(name).at(-1) ?? this.child(name, { ...emptyMessage, line: this.line });
  }

  /** Every occurrence of a repeated message. */
  all(name: string): Fields[] {
    return fieldsNamed(this.message, name).flatMap(({ value }) => (isMessage(value) ? [this.child(name, value)] : []));
  }

  /** A number that the layer cannot do without; names the likely slip where an unknown field looks like it. */
  required(name: string): number {
    const value = this.number(name);
    if (value === undefined) throw this.missing(name);
    return value;
  }

  /** The error for a field that is needed and not there. */
  missing(name: string, what = name): CortadoError {
    const schema = messageSchema(this.type) ?? {};
    const unknown = this.message.fields.filter((field) => !Object.hasOwn(schema, field.name));
    const slip = closestName(name, new Set(unknown.map((field) => field.name)));
    const line = unknown.find((field) => field.name === slip)?.line ?? this.line;
    return new CortadoError(
      'caffe.field-missing',
      slip === undefined ? `${what} is missing.` : `${what} is missing; ${slip} is not a field. Did you mean ${name}?`,
      slip === undefined ? `Add ${name} to this message.` : `Write ${name} instead of ${slip}.`,
      { location: { file: this.file, line, field: `${this.path}.${name}` } },
    );
  }

  /** An error about a field of this message, or about the message where no field is named. */
  fail(code: string, message: string, advice: string, name?: string): CortadoError {
    return new CortadoError(code, message, advice, { location: this.locate(name) });
  }

  locate(name?: string): SourceLocation {
    const line = name === undefined ? undefined : fieldsNamed(this.message, name).at(-1)?.line;
    return {
      file: this.file,
      line: line ?? this.line,
      field: name === undefined ? this.path : `${this.path}.${name}`,
    };
  }

  private scalars(name: string): Scalar[] {
    return fieldsNamed(this.message, name).flatMap(({ value }) => (isMessage(value) ? [] : [value]));
  }

  private child(name: string, message: Message): Fields {
    const declared = fieldType(messageSchema(this.type) ?? {}, name);
    return new Fields(message, declared?.type ?? '', `${this.path}.${name}`, this.file, message.line);
  }
}

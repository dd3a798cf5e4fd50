import { CortadoError, type SourceLocation } from '../common/errors.ts';
import { isMessage, type Field, type Message, type Scalar } from './message.ts';
import { booleanOf, enumNameOf, floatOf, integerOf } from './scalar.ts';
import { enumNames, fieldType, messageSchema } from './schema.ts';
import { didYouMean } from './suggestion.ts';

/** Something in a file that is not an error but that its owner should see. */
export interface CaffeWarning {
  readonly message: string;
  readonly location: SourceLocation;
}

/** Nobody reads more, and each looks for the name that was meant. */
const mostWarnings = 200;

const opaque = 'OpaqueParameter';

/**
 * Holds a message against the fields that Caffe and known forks have: values of the wrong type and singular fields given
 * twice are errors, unknown fields are returned as warnings and stay in the message.
 * @param type name of the message's type, `NetParameter` for a file
 * @throws CortadoError `caffe.field-type`, `caffe.field-repeated`
 */
export function checkMessage(message: Message, type: string, file: string): CaffeWarning[] {
  const warnings: CaffeWarning[] = [];
  new Checker(file, warnings).check(message, type, '');
  return warnings;
}

class Checker {
  constructor(
    private readonly file: string,
    private readonly warnings: CaffeWarning[],
  ) {}

  check(message: Message, type: string, path: string): void {
    const schema = messageSchema(type);
    if (schema === undefined || type === opaque) return;
    const seen = new Map<string, number>();
    for (const field of message.fields) {
      const declared = fieldType(schema, field.name);
      const fieldPath = path === '' ? field.name : `${path}.${field.name}`;
      if (declared === undefined) {
        if (this.warnings.length >= mostWarnings) continue;
        this.warnings.push({
          message: `The field ${field.name} is not known to Caffe and is ignored.${didYouMean(field.name, Object.keys(schema))}`,
          location: { file: this.file, line: field.line, field: fieldPath },
        });
        continue;
      }
      const first = seen.get(field.name);
      if (first !== undefined && !declared.repeated) throw this.repeated(field, fieldPath, first);
      seen.set(field.name, field.line);
      this.checkField(field, declared.type, fieldPath);
    }
  }

  private checkField(field: Field, type: string, path: string): void {
    const nested = messageSchema(type) !== undefined;
    if (isMessage(field.value)) {
      if (!nested) throw this.wrongType(field, path, `${describeType(type)}, not a message in braces`);
      this.check(field.value, type, describePath(path, field.value));
    } else if (nested) {
      throw this.wrongType(field, path, `a message in braces, not ${field.value.text}`);
    } else if (!holds(field.value, type)) {
      const names = enumNames(type);
      const hint = names === undefined ? '' : didYouMean(field.value.text, names);
      const shown = field.value.quoted ? `"${field.value.text}"` : field.value.text;
      throw this.wrongType(field, path, `${describeType(type)}, not ${shown}`, hint);
    }
  }

  private wrongType(field: Field, path: string, wanted: string, hint = ''): CortadoError {
    return new CortadoError(
      'caffe.field-type',
      `${field.name} wants ${wanted}.${hint}`,
      'Correct the value in this line.',
      { location: { file: this.file, line: field.line, field: path } },
    );
  }

  private repeated(field: Field, path: string, first: number): CortadoError {
    return new CortadoError(
      'caffe.field-repeated',
      `${field.name} is given twice in one message, first in line ${first}.`,
      'Keep one of them; a closing brace missing in between has the same effect.',
      { location: { file: this.file, line: field.line, field: path } },
    );
  }
}

/** Layers are many: a path names them by their name. */
function describePath(path: string, message: Message): string {
  if (path !== 'layer' && path !== 'layers') return path;
  const name = message.fields.find((field) => field.name === 'name')?.value;
  return name === undefined || isMessage(name) ? path : `layer "${name.text}"`;
}

function holds(scalar: Scalar, type: string): boolean {
  switch (type) {
    case 'string':
      return scalar.quoted;
    case 'bool':
      return booleanOf(scalar) !== undefined;
    case 'float':
      return floatOf(scalar) !== undefined;
    case 'int':
      return integerOf(scalar) !== undefined;
    case 'uint':
      return (integerOf(scalar) ?? -1) >= 0;
    default: {
      const names = enumNames(type);
      return names !== undefined && enumNameOf(scalar, names) !== undefined;
    }
  }
}

function describeType(type: string): string {
  const names = enumNames(type);
  if (names !== undefined) {
    const listed = names.filter((name) => name !== '-');
    return listed.length > 8 ? 'one of its names' : `one of ${listed.join(', ')}`;
  }
  const words: Readonly<Record<string, string>> = {
    string: 'a string in quotes',
    bool: 'true or false',
    float: 'a number',
    int: 'a whole number',
    uint: 'a whole number, 0 or more',
  };
  return words[type] ?? type;
}

/** A prototxt message as written: fields in the order of the file, each with its line, nothing interpreted yet. */
export interface Message {
  /** Line of the field that opens the message; 1 for the file itself. */
  readonly line: number;
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  /** 1-based. */
  readonly line: number;
  readonly value: Message | Scalar;
}

/** A number, a name (enum or boolean) or a quoted string, as text. */
export interface Scalar {
  readonly text: string;
  readonly quoted: boolean;
}

export function isMessage(value: Message | Scalar): value is Message {
  return 'fields' in value;
}

/** The fields of that name, in order. */
export function fieldsNamed(message: Message, name: string): readonly Field[] {
  return message.fields.filter((field) => field.name === name);
}

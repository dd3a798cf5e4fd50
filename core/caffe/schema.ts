import { coreMessages } from './schema-core.ts';
import { layerMessages } from './schema-layers.ts';

/**
 * What a field may hold. `name*` may come again; `enum A|B` lists the names in the order of their numbers (`-` where a
 * number has no name).
 */
export type FieldType = string;

/** Fields of one message type, by name. */
export type MessageSchema = Readonly<Record<string, FieldType>>;

const schemas: Readonly<Record<string, MessageSchema>> = { ...coreMessages, ...layerMessages };

/** The fields that Caffe (or a known fork) gives a message type; undefined for a type that is not known. */
export function messageSchema(type: string): MessageSchema | undefined {
  return Object.hasOwn(schemas, type) ? schemas[type] : undefined;
}

/** The type of one field of a known message, without the mark of repetition. */
export function fieldType(schema: MessageSchema, name: string): { type: string; repeated: boolean } | undefined {
  const declared = Object.hasOwn(schema, name) ? schema[name] : undefined;
  if (declared === undefined) return undefined;
  const repeated = declared.endsWith('*');
  return { type: repeated ? declared.slice(0, -1) : declared, repeated };
}

/** The names of an enum in the order of their numbers, undefined for any other type. */
export function enumNames(type: string): readonly string[] | undefined {
  return type.startsWith('enum ') ? type.slice('enum '.length).split('|') : undefined;
}

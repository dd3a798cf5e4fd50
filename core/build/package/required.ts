/** A field that the schema requires; throws where it is not there. */
export function required<T>(value: T | null, field: string): T {
  if (value === null) throw new Error(`the field ${field} is missing`);
  return value;
}

/** Schemas that read a value by another schema, which the value itself names, as `type` does. For those who walk over schemas. */
import type { z } from 'zod';

type SchemaFor = (value: unknown) => z.ZodType | undefined;

/** By the last step of a schema's pipe: a schema with a further check added is another object, but shares its steps. */
const schemaFor = new WeakMap<object, SchemaFor>();

export function readByValue(schema: z.ZodPipe, byValue: SchemaFor): void {
  schemaFor.set(schema.def.out, byValue);
}

/** How the schema finds the one that it reads a value by; undefined when it is no such schema. */
export function readsByValue(schema: z.ZodPipe): SchemaFor | undefined {
  return schemaFor.get(schema.def.out);
}

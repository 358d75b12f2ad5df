/** Fields of a value that its schema does not know. Endpoints ignore them, as Druid does; `millrace check` does not. */
import { z } from 'zod';
import { nearestWord } from '../errors.ts';
import { readsByValue } from './dynamic-schema.ts';
import type { JsonPath } from './validate.ts';

export interface UnknownField {
  /** Of the field itself. */
  readonly path: JsonPath;
  /** Of the fields that may stand there, in case one of them was meant. */
  readonly nearest: string | undefined;
}

/** In the order of the value. What a schema leaves open (a loose object, `unknown`) may hold anything. */
export function unknownFields(schema: z.core.$ZodType, value: unknown, path: JsonPath = []): UnknownField[] {
  if (schema instanceof z.ZodObject) return inObject(schema, value, path);
  if (schema instanceof z.ZodArray) {
    return Array.isArray(value)
      ? value.flatMap((item, index) => unknownFields(schema.element, item, [...path, index]))
      : [];
  }
  if (schema instanceof z.ZodRecord) {
    return entriesOf(value).flatMap(([key, item]) => unknownFields(schema.valueType, item, [...path, key]));
  }
  if (schema instanceof z.ZodUnion) {
    const fitting = schema.options.find((option) => z.safeParse(option, value).success);
    return fitting ? unknownFields(fitting, value, path) : [];
  }
  if (schema instanceof z.ZodPipe) {
    const byValue = readsByValue(schema);
    if (byValue) {
      const named = byValue(value);
      return named ? unknownFields(named, value, path) : [];
    }
    return [schema.def.in, schema.def.out].flatMap((step) => unknownFields(step, value, path));
  }
  if (schema instanceof z.ZodLazy) return unknownFields(schema.unwrap(), value, path);
  const inner = wrapped(schema);
  return inner ? unknownFields(inner, value, path) : [];
}

function inObject(schema: z.ZodObject, value: unknown, path: JsonPath): UnknownField[] {
  const known = Object.keys(schema.shape);
  return entriesOf(value).flatMap(([key, item]): UnknownField[] => {
    const field = Object.hasOwn(schema.shape, key) ? schema.shape[key] : undefined;
    if (field) return unknownFields(field, item, [...path, key]);
    return schema.def.catchall ? [] : [{ path: [...path, key], nearest: nearestWord(key, known) }];
  });
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

/** What an optional, nullable or defaulted schema is about. */
function wrapped(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const { def } = schema._zod;
  return 'innerType' in def ? (def.innerType as z.core.$ZodType) : undefined;
}

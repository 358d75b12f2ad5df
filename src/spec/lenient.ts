/** Values as people write them in specs: numbers and booleans in quotes, words in any letter case. */
import { z } from 'zod';

/** `100000` or `"100000"`. */
export const lenientNumber = z.union([
  z.number(),
  z
    .string()
    .trim()
    .regex(/^[+-]?\d+(\.\d+)?$/, 'expected a number')
    .transform(Number),
]);

/** `true` or `"true"`. */
export const lenientBoolean = z.union([
  z.boolean(),
  z
    .string()
    .trim()
    .regex(/^(true|false)$/i, 'expected true or false')
    .transform((text) => text.toLowerCase() === 'true'),
]);

/** One of some words, in any letter case. */
export const anyCase = <const T extends string>(words: readonly [T, ...T[]]) =>
  z.preprocess((value) => (typeof value === 'string' ? value.toLowerCase() : value), z.enum(words));

/** `null` as if it were not there, which is how Druid's parser takes it. */
export const optional = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? undefined);

/** One of some words in any letter case, given as it is spelled here. */
export const oneOf = <const T extends string>(words: readonly [T, ...T[]]) =>
  z.preprocess(
    (value) => words.find((word) => typeof value === 'string' && word.toLowerCase() === value.toLowerCase()) ?? value,
    z.enum(words),
  );

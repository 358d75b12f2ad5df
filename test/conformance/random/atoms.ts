/** What random queries are made of. */
import fc from 'fast-check';
import type { Query } from '../define.ts';
import { allColumns, intervals, numberColumns, numbers, textColumns, texts } from './columns.ts';

export type Json = Readonly<Record<string, unknown>>;

export const column = fc.constantFrom(...allColumns);
/** Druid's engines do not agree in whether text that is no number is null where numbers are. */
export const textColumn = fc.constantFrom(...textColumns, 'm');
export const numberColumn = fc.constantFrom(...numberColumns);
export const text = fc.constantFrom(...texts);
export const number = fc.constantFrom(...numbers);
/** Whether a long can be half a one is answered otherwise by each of Druid's engines. */
export const wholeNumber = number.filter(Number.isInteger);
export const value = fc.oneof(text, number);
export const some = <T>(one: fc.Arbitrary<T>, most = 3) => fc.array(one, { minLength: 1, maxLength: most });
export const record = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Json> =>
  fc.record(fields) as fc.Arbitrary<Json>;
export const optional = (
  type: string,
  must: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  may: Readonly<Record<string, fc.Arbitrary<unknown>>>,
) =>
  fc
    .tuple(fc.record(must), fc.record(may, { requiredKeys: [] }))
    .map(([required, given]): Json => ({ type, ...required, ...given }));

/** Of a type of native query over the random rows. */
export const query = (queryType: string, fields: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc.record({
    queryType: fc.constant(queryType),
    dataSource: fc.constant('random'),
    intervals: fc.constantFrom(...intervals),
    ...fields,
  }) as fc.Arbitrary<Query>;

/** The text of a function's call. */
export const call = (name: string, ...args: readonly fc.Arbitrary<string>[]) =>
  fc.tuple(...args).map((given) => `${name}(${given.join(', ')})`);

/** The text of an operator between two operands. */
export const infix = (left: fc.Arbitrary<string>, operators: readonly string[], right: fc.Arbitrary<string>) =>
  fc.tuple(left, fc.constantFrom(...operators), right).map(([a, operator, b]) => `(${a} ${operator} ${b})`);

/** Text of a number that is never -0.0, whatever the one in it is. */
export const zeroLess = (number: string) => `(0 - ${number})`;

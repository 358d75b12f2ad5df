/** longSum, longMin, longMax, and the same of double and float: alike but for the number's type and the SQL function. */
import { z } from 'zod';
import { type Sql, sql } from '../../sql.ts';
import { type ColumnType, defineAggregator, only } from '../define.ts';
import { fieldInputs, fieldShape, fieldValue, oneOfFieldAndExpression } from '../field.ts';
import { toDouble, toFloat, toLong, wrapLong } from '../numbers.ts';

const numbers = {
  long: { type: 'LONG', sqlType: sql`BIGINT`, of: toLong },
  double: { type: 'DOUBLE', sqlType: sql`DOUBLE`, of: toDouble },
  float: { type: 'FLOAT', sqlType: sql`FLOAT`, of: toFloat },
} as const satisfies Record<string, { type: ColumnType; sqlType: Sql; of: unknown }>;

const verbs = { Sum: 'sum', Min: 'smallest', Max: 'largest' } as const;

type NumberName = keyof typeof numbers;
type Verb = keyof typeof verbs;

function reduce(number: NumberName, verb: Verb, input: Sql, where?: Sql): Sql {
  if (verb === 'Min') return sql`min(${input})${only(where)}`;
  if (verb === 'Max') return sql`max(${input})${only(where)}`;
  const total = sql`sum(${input})${only(where)}`;
  if (number === 'long') return wrapLong(total);
  return number === 'double' ? total : toFloat({ sql: total, type: 'DOUBLE' });
}

function define(number: NumberName, verb: Verb, results: { numbers: unknown; text: unknown }) {
  const type = `${number}${verb}`;
  const schema = oneOfFieldAndExpression(z.object({ type: z.literal(type), ...fieldShape }));
  return defineAggregator<z.infer<typeof schema>>({
    type,
    summary: `The ${verbs[verb]} of a field's values as ${numbers[number].type}. Values that are no numbers do not count; without any the result is null.`,
    see: `https://druid.apache.org/docs/latest/querying/aggregations#${verb.toLowerCase()}-aggregators`,
    schema,
    inputs: fieldInputs,
    stateType: () => numbers[number].type,
    sqlType: () => numbers[number].sqlType,
    fold: (spec, input) => reduce(number, verb, numbers[number].of(fieldValue(spec, input)), input.where),
    merge: (_, state) => reduce(number, verb, state),
    finish: (_, state) => ({ sql: state, type: numbers[number].type }),
    foldWholeNumbers: ({ fieldName }) =>
      number === 'long' && fieldName !== undefined ? { verb: verbs[verb], fieldName } : undefined,
    examples: [
      {
        spec: { type, name: 'r', fieldName: 'x' },
        events: [{ x: 4 }, { x: -1.5 }, { x: null }, {}],
        result: results.numbers,
      },
      {
        spec: { type, name: 'r', fieldName: 'x' },
        events: [{ x: '1,000' }, { x: '7' }, { x: 'abc' }],
        result: results.text,
      },
    ],
  });
}

export default [
  define('long', 'Sum', { numbers: 3, text: 1007 }),
  define('long', 'Min', { numbers: -1, text: 7 }),
  define('long', 'Max', { numbers: 4, text: 1000 }),
  define('double', 'Sum', { numbers: 2.5, text: 1007 }),
  define('double', 'Min', { numbers: -1.5, text: 7 }),
  define('double', 'Max', { numbers: 4, text: 1000 }),
  define('float', 'Sum', { numbers: 2.5, text: 1007 }),
  define('float', 'Min', { numbers: -1.5, text: 7 }),
  define('float', 'Max', { numbers: 4, text: 1000 }),
];

/** longAny, doubleAny, floatAny, stringAny: a value, whichever comes first to hand. */
import { z } from 'zod';
import { type Sql, sql } from '../../sql.ts';
import { type ColumnType, defineAggregator, only, type Value } from '../define.ts';
import { listText } from '../expression/lists.ts';
import { fieldInputs, fieldShape, fieldValue, oneOfFieldAndExpression } from '../field.ts';
import { asText, toDouble, toFloat, toLong } from '../numbers.ts';

interface Kind {
  readonly type: ColumnType;
  readonly sqlType: Sql;
  of(value: Value, spec: Spec): Sql;
}

const kinds = {
  long: { type: 'LONG', sqlType: sql`BIGINT`, of: toLong },
  double: { type: 'DOUBLE', sqlType: sql`DOUBLE`, of: toDouble },
  float: { type: 'FLOAT', sqlType: sql`FLOAT`, of: toFloat },
  string: {
    type: 'STRING',
    sqlType: sql`VARCHAR`,
    of: (value, { maxStringBytes, aggregateMultipleValues }) =>
      sql`left(${textOf(value, aggregateMultipleValues ?? true)}, ${maxStringBytes ?? 1024})`,
  },
} as const satisfies Record<string, Kind>;

/** Several values as Java prints a list, `[a, b]`. */
function textOf(value: Value, together: boolean): Sql {
  if (!value.multiValue) return asText(value).sql;
  const first = sql`(${value.sql})[1]`;
  if (!together) return first;
  return sql`CASE WHEN len(${value.sql}) > 1 THEN ${listText(value.sql)} ELSE ${first} END`;
}

const schemaOf = (type: string) =>
  oneOfFieldAndExpression(
    z.object({
      type: z.literal(type),
      ...fieldShape,
      maxStringBytes: z.coerce.number().int().positive().optional(),
      aggregateMultipleValues: z.boolean().optional(),
    }),
  );

type Spec = z.infer<ReturnType<typeof schemaOf>>;

function define(name: keyof typeof kinds, value: unknown, result: unknown) {
  const kind: Kind = kinds[name];
  const type = `${name}Any`;
  return defineAggregator<Spec>({
    type,
    summary: `Some ${kind.type} value of a field, null only where no row has one. Only in queries.`,
    see: 'https://druid.apache.org/docs/latest/querying/aggregations#any-aggregators',
    schema: schemaOf(type),
    inputs: fieldInputs,
    stateType: () => kind.type,
    sqlType: () => kind.sqlType,
    fold: (spec, input) => sql`any_value(${kind.of(fieldValue(spec, input), spec)})${only(input.where)}`,
    finish: (_, state) => ({ sql: state, type: kind.type }),
    examples: [
      { spec: { type, name: 'r', fieldName: 'x' }, events: [{ x: value }, { x: value }, {}], result },
      { spec: { type, name: 'r', fieldName: 'x' }, events: [{ y: value }], result: null },
    ],
  });
}

export default [
  define('long', 7, 7),
  define('double', 1.5, 1.5),
  define('float', 2.5, 2.5),
  define('string', 'a', 'a'),
];

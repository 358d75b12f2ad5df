/** longFirst, stringLast and their like: the value at the smallest or largest time. */
import { z } from 'zod';
import { type Sql, sql } from '../../sql.ts';
import { type ColumnType, defineAggregator, only, type Value } from '../define.ts';
import { fieldInputs, fieldShape, fieldValue, oneOfFieldAndExpression, timeMillis } from '../field.ts';
import { asText, toDouble, toFloat, toLong } from '../numbers.ts';

interface Kind {
  readonly type: ColumnType;
  readonly state: ColumnType;
  readonly sqlType: Sql;
  of(value: Value): Sql;
}

const kinds = {
  long: { type: 'LONG', state: 'COMPLEX<serializablePairLongLong>', sqlType: sql`BIGINT`, of: toLong },
  double: { type: 'DOUBLE', state: 'COMPLEX<serializablePairLongDouble>', sqlType: sql`DOUBLE`, of: toDouble },
  float: { type: 'FLOAT', state: 'COMPLEX<serializablePairLongFloat>', sqlType: sql`FLOAT`, of: toFloat },
  string: {
    type: 'STRING',
    state: 'COMPLEX<serializablePairLongString>',
    sqlType: sql`VARCHAR`,
    of: (value) => (value.multiValue ? sql`(${value.sql})[1]` : asText(value).sql),
  },
} as const satisfies Record<string, Kind>;

const schemaOf = (type: string) =>
  oneOfFieldAndExpression(
    z.object({
      type: z.literal(type),
      ...fieldShape,
      timeColumn: z.string().min(1).optional(),
      maxStringBytes: z.coerce.number().int().positive().optional(),
    }),
  );

type Spec = z.infer<ReturnType<typeof schemaOf>>;

function define(name: keyof typeof kinds, end: 'First' | 'Last') {
  const kind: Kind = kinds[name];
  const type = `${name}${end}`;
  // The state orders by its time first; among equal times by value, so that the order of arrival does not matter.
  const pick = sql`${end === 'First' ? sql`min` : sql`max`}`;
  const [early, late] = name === 'string' ? ['b', 'a'] : [2, 1];
  return defineAggregator<Spec>({
    type,
    summary: `The ${kind.type} value of the row with the ${end === 'First' ? 'smallest' : 'largest'} time, null if that row has none.`,
    see: 'https://druid.apache.org/docs/latest/querying/aggregations#first-and-last-aggregators',
    schema: schemaOf(type),
    inputs: fieldInputs,
    stateType: () => kind.state,
    sqlType: () => sql`STRUCT(t BIGINT, v ${kind.sqlType})`,
    fold: (spec, input) => {
      const field = fieldValue(spec, input);
      if (field.type === kind.state) return sql`${pick}(${field.sql})${only(input.where)}`;
      const value = name === 'string' ? sql`left(${kind.of(field)}, ${spec.maxStringBytes ?? 1024})` : kind.of(field);
      return sql`${pick}(struct_pack(t := ${timeMillis(spec.timeColumn, input)}, v := ${value}))${only(input.where)}`;
    },
    merge: (_, state) => sql`${pick}(${state})`,
    finish: (_, state) => ({ sql: sql`(${state}).v`, type: kind.type }),
    examples: [
      {
        spec: { type, name: 'r', fieldName: 'x' },
        events: [
          { __time: '2000-01-01T00:00:05.000Z', x: late },
          { __time: '2000-01-01T00:00:01.000Z', x: early },
          { __time: '2000-01-01T00:00:03.000Z', x: late },
        ],
        result: end === 'First' ? early : late,
      },
    ],
  });
}

export default (['long', 'double', 'float', 'string'] as const).flatMap((name) => [
  define(name, 'First'),
  define(name, 'Last'),
]);

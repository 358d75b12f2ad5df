/** timeMin, timeMax: the first and last of times that are finer than `__time`. */
import { z } from 'zod';
import { type Sql, sql } from '../../sql.ts';
import { defineAggregator, type FoldInput, only } from '../define.ts';
import { asText, toLong } from '../numbers.ts';
import { timeOfText } from '../time-formats.ts';

const schemaOf = (type: string) =>
  z.object({
    type: z.literal(type),
    name: z.string().min(1),
    fieldName: z.string().min(1),
    timeFormat: z.string().nullish(),
  });
type Spec = z.infer<ReturnType<typeof schemaOf>>;

/** Milliseconds, a BIGINT: numbers are that already, text is read by the format. */
function millis({ fieldName, timeFormat }: Spec, { scope }: FoldInput): Sql {
  const field = scope.column(fieldName);
  if (field.type !== 'STRING') return toLong(field);
  const text = field.multiValue ? sql`(${field.sql})[1]` : asText(field).sql;
  return sql`epoch_ms(${timeOfText(timeFormat ?? 'auto', text)})`;
}

function define(type: 'timeMin' | 'timeMax', earliest: string, latest: string, result: string) {
  const pick = type === 'timeMin' ? sql`min` : sql`max`;
  return defineAggregator<Spec>({
    type,
    summary: `The ${type === 'timeMin' ? 'earliest' : 'latest'} time in a field, text by timeFormat (\`auto\` unless given, as in a timestampSpec) or milliseconds; null without any. At ingestion usually over the column of the timestampSpec, whose times the queryGranularity would cut.`,
    see: 'https://druid.apache.org/docs/latest/development/extensions-contrib/time-min-max',
    schema: schemaOf(type),
    inputs: (spec) => [spec.fieldName],
    stateType: () => 'LONG',
    sqlType: () => sql`BIGINT`,
    fold: (spec, input) => sql`${pick}(${millis(spec, input)})${only(input.where)}`,
    merge: (_, state) => sql`${pick}(${state})`,
    finish: (_, state) => ({
      sql: sql`TRY(strftime(make_timestamp_ms(${state}), '%Y-%m-%dT%H:%M:%S.%gZ'))`,
      type: 'STRING',
    }),
    examples: [
      {
        spec: { type, name: 't', fieldName: 'seen' },
        events: [{ seen: latest }, { seen: earliest }, { seen: 'never' }, {}, { seen: latest }],
        result,
      },
      { spec: { type, name: 't', fieldName: 'seen' }, events: [{}], result: null },
      {
        spec: { type, name: 't', fieldName: 'seen', timeFormat: 'posix' },
        events: [{ seen: '1438131600' }],
        result: '2015-07-29T01:00:00.000Z',
      },
    ],
  });
}

const [earliest, latest] = ['2015-07-28T01:00:00.500Z', '2015-07-29T04:00:00+02:00'];

export default [
  define('timeMin', earliest, latest, '2015-07-28T01:00:00.500Z'),
  define('timeMax', earliest, latest, '2015-07-29T02:00:00.000Z'),
];

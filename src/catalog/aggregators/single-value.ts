import { z } from 'zod';
import { unsupported } from '../../errors.ts';
import { type Sql, sql } from '../../sql.ts';
import { defineAggregator, only } from '../define.ts';
import { sqlTypeOf } from '../expression/typed.ts';
import { anyOutputTypeSchema, outputValue } from '../output-type.ts';

const schema = z.object({
  type: z.literal('singleValue'),
  name: z.string().min(1),
  fieldName: z.string().min(1),
  columnType: z
    .string()
    .transform((type): string | null | undefined => type)
    .pipe(anyOutputTypeSchema),
});

type Spec = z.infer<typeof schema>;

const sqlOf = ({ columnType }: Spec): Sql => {
  if (columnType === 'FLOAT') return sql`FLOAT`;
  return sqlTypeOf(columnType === 'COMPLEX<json>' ? 'ANY' : columnType);
};

export default defineAggregator<Spec>({
  type: 'singleValue',
  summary:
    "The value of a field in the one row that there is; an error with several. It stands for SQL's subqueries that are values. Only in queries.",
  see: 'https://druid.apache.org/docs/latest/querying/aggregations',
  schema,
  inputs: (spec) => [spec.fieldName],
  stateType: (spec) => spec.columnType,
  sqlType: sqlOf,
  fold: (spec, { scope, where }) => {
    const value = outputValue(spec.columnType, scope.column(spec.fieldName));
    if (value.multiValue) throw unsupported(`'${spec.fieldName}' is a multi-value dimension; singleValue takes others`);
    const over = only(where);
    return sql`CASE WHEN count(*)${over} > 1 THEN error('Subquery expression returned more than one row') ELSE any_value(${value.sql})${over} END`;
  },
  finish: (spec, state) => ({ sql: state, type: spec.columnType }),
  examples: [
    { spec: { type: 'singleValue', name: 'v', fieldName: 'x', columnType: 'LONG' }, events: [{ x: 7 }], result: 7 },
    { spec: { type: 'singleValue', name: 'v', fieldName: 'x', columnType: 'STRING' }, events: [{}], result: null },
  ],
});

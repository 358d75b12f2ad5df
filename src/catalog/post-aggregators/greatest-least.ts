/** longGreatest, longLeast, doubleGreatest, doubleLeast. */
import { z } from 'zod';
import { join, sql } from '../../sql.ts';
import { definePostAggregator, specOf } from '../define.ts';
import { toDouble, toLong } from '../numbers.ts';
import { letIn } from '../operand.ts';
import { figureOf } from '../post-field.ts';

function define(number: 'long' | 'double', which: 'Greatest' | 'Least') {
  const type = `${number}${which}`;
  const schema = z.object({
    type: z.literal(type),
    name: z.string().nullish(),
    fields: z.array(specOf('postAggregator')).min(1),
  });
  const convert = number === 'long' ? toLong : toDouble;
  const fields = ['x', 'y'].map((fieldName) => ({ type: 'fieldAccess', fieldName }));
  const result = { longGreatest: 7, longLeast: 2, doubleGreatest: 7, doubleLeast: 2.5 }[type];
  return definePostAggregator<z.infer<typeof schema>>({
    type,
    summary: `The ${which.toLowerCase()} of some fields as a ${number}. Nulls do not count.`,
    see: 'https://druid.apache.org/docs/latest/querying/post-aggregations#greatest--least-post-aggregators',
    schema,
    compile: (spec, scope) => {
      const values = spec.fields
        .map((field) => figureOf(field, scope))
        .map((value) => letIn('number', value.sql, (bound) => convert({ ...value, sql: bound })));
      const pick = which === 'Greatest' ? sql`greatest` : sql`least`;
      return { sql: sql`${pick}(${join(values)})`, type: number === 'long' ? 'LONG' : 'DOUBLE' };
    },
    examples: [{ spec: { type, name: 'p', fields }, row: { x: 7, y: 2.5 }, result }],
  });
}

export default [
  define('long', 'Greatest'),
  define('long', 'Least'),
  define('double', 'Greatest'),
  define('double', 'Least'),
];

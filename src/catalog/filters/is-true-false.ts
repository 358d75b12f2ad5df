/** istrue, isfalse: the end of three-valued logic. */
import { z } from 'zod';
import { sql } from '../../sql.ts';
import { compileFilter, defineFilter, specOf } from '../define.ts';

const isX = { type: 'selector', dimension: 'a', value: 'x' };

function define(type: 'istrue' | 'isfalse', verdict: boolean) {
  const schema = z.object({ type: z.literal(type), field: specOf('filter') });
  const wanted = verdict ? sql`TRUE` : sql`FALSE`;
  return defineFilter<z.infer<typeof schema>>({
    type,
    summary: `Passes the rows for which its filter is ${verdict}, and neither ${!verdict} nor unknown; its negation passes all others.`,
    see: 'https://druid.apache.org/docs/latest/querying/filters',
    schema,
    compile: (spec, scope) => sql`((${compileFilter(spec.field, scope)}) IS ${wanted})`,
    examples: [
      {
        spec: { type, field: isX },
        matches: [{ a: verdict ? 'x' : 'y' }],
        rejects: [{ a: verdict ? 'y' : 'x' }, { a: null }],
      },
      {
        spec: { type: 'not', field: { type, field: isX } },
        matches: [{ a: verdict ? 'y' : 'x' }, { a: null }],
        rejects: [{ a: verdict ? 'x' : 'y' }],
      },
    ],
  });
}

export default [define('istrue', true), define('isfalse', false)];

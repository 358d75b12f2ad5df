import { z } from 'zod';
import { sql } from '../../sql.ts';
import { anyValue, defineFilter } from '../define.ts';

const schema = z.object({ type: z.literal('null'), column: z.string().min(1) });

export default defineFilter<z.infer<typeof schema>>({
  type: 'null',
  summary: 'Passes the rows without a value.',
  see: 'https://druid.apache.org/docs/latest/querying/filters#null-filter',
  schema,
  compile: (spec, scope) => anyValue(scope.column(spec.column), (single) => sql`${single} IS NULL`),
  examples: [{ spec: { type: 'null', column: 'a' }, matches: [{}, { a: null }], rejects: [{ a: 'x' }, { a: '' }] }],
});

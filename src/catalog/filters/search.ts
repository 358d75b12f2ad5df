import { z } from 'zod';
import { anyValue, defineFilter } from '../define.ts';
import { asText } from '../numbers.ts';
import { operand, operandShape } from '../operand.ts';
import { matchesSearch, searchQuerySchema } from '../search-query.ts';

const schema = z.object({ type: z.literal('search'), ...operandShape, query: searchQuerySchema });

export default defineFilter<z.infer<typeof schema>>({
  type: 'search',
  summary: 'Passes the rows whose value holds a text, or all of several texts.',
  see: 'https://druid.apache.org/docs/latest/querying/filters#search-filter',
  schema,
  compile: (spec, scope) => anyValue(asText(operand(spec, scope)), (single) => matchesSearch(spec.query, single)),
  examples: [
    {
      spec: { type: 'search', dimension: 'a', query: { type: 'insensitive_contains', value: 'FOO' } },
      matches: [{ a: 'a foot' }, { a: ['x', 'Foo'] }],
      rejects: [{ a: 'fo' }, {}],
    },
    {
      spec: { type: 'search', dimension: 'a', query: { type: 'contains', value: 'foo', caseSensitive: true } },
      matches: [{ a: 'foo' }],
      rejects: [{ a: 'Foo' }],
    },
    {
      spec: { type: 'search', dimension: 'a', query: { type: 'fragment', values: ['b', 'c'] } },
      matches: [{ a: 'CAB' }],
      rejects: [{ a: 'ab' }],
    },
    {
      spec: { type: 'search', dimension: 'a', query: { type: 'regex', pattern: 'o+$' } },
      matches: [{ a: 'foo' }],
      rejects: [{ a: 'bar' }],
    },
  ],
});

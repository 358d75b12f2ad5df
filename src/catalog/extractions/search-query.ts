import { z } from 'zod';
import { sql } from '../../sql.ts';
import { defineExtraction } from '../define.ts';
import { matchesSearch, searchQuerySchema } from '../search-query.ts';

const schema = z.object({ type: z.literal('searchQuery'), query: searchQuerySchema });

export default defineExtraction<z.infer<typeof schema>>({
  type: 'searchQuery',
  summary: 'The value where the search query matches it, else null.',
  see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#search-query-extraction-function',
  schema,
  compile: ({ query }, input) => sql`CASE WHEN ${matchesSearch(query, input)} THEN ${input} END`,
  examples: [
    {
      spec: { type: 'searchQuery', query: { type: 'insensitive_contains', value: 'OO' } },
      pairs: [
        ['foo', 'foo'],
        ['bar', null],
        [null, null],
      ],
    },
  ],
});

/** How the search query and the search filter match text. https://druid.apache.org/docs/latest/querying/searchquery */
import { z } from 'zod';
import { and, type Sql, sql } from '../sql.ts';
import { javaRegexSchema } from './java-regex.ts';

export const searchQuerySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('insensitive_contains'), value: z.string() }),
  z.object({ type: z.literal('contains'), value: z.string(), caseSensitive: z.boolean().default(false) }),
  z.object({ type: z.literal('fragment'), values: z.array(z.string()), caseSensitive: z.boolean().default(false) }),
  z.object({ type: z.literal('regex'), pattern: javaRegexSchema }),
  z.object({ type: z.literal('all') }),
]);
export type SearchQuery = z.infer<typeof searchQuerySchema>;

/** Whether one text matches; NULL for NULL, but `all` takes that too. */
export function matchesSearch(query: SearchQuery, text: Sql): Sql {
  switch (query.type) {
    case 'insensitive_contains':
      return contains(text, query.value, false);
    case 'contains':
      return contains(text, query.value, query.caseSensitive);
    case 'fragment':
      return and(query.values.map((value) => contains(text, value, query.caseSensitive)));
    case 'regex':
      return sql`regexp_matches(${text}, ${query.pattern})`;
    case 'all':
      return sql`true`;
  }
}

function contains(text: Sql, value: string, caseSensitive: boolean): Sql {
  return caseSensitive ? sql`contains(${text}, ${value})` : sql`contains(lower(${text}), lower(${value}))`;
}

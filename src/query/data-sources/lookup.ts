import { z } from 'zod';
import { sql } from '../../sql.ts';
import type { DataSourceType, QueriedData } from './define.ts';
import { derivedView, emptyView, epoch } from './view.ts';

export default {
  type: 'lookup',
  summary: 'The entries of a registered lookup, as the columns k and v. All of them are of 1970.',
  see: 'https://druid.apache.org/docs/latest/querying/datasource#lookup',
  schema: z.object({ type: z.literal('lookup'), lookup: z.string().min(1) }).transform(
    ({ lookup: name }): QueriedData => ({
      name,
      view: ({ lookup }) => {
        const relation = lookup?.(name);
        if (!relation) return emptyView(name);
        const columns = (['k', 'v'] as const).map((column) => ({
          name: column,
          kind: 'dimension' as const,
          value: { sql: sql`${column === 'k' ? sql`k` : sql`v`}`, type: 'STRING' as const },
        }));
        return derivedView({ name, columns, time: epoch, isTimeless: true, from: sql`FROM ${relation} AS l` });
      },
    }),
  ),
} satisfies DataSourceType;

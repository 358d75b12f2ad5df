import { z } from 'zod';
import type { DataSourceType, QueriedData } from './define.ts';
import { emptyView } from './view.ts';

export default {
  type: 'table',
  summary: 'The rows of a dataSource; none of one that is not there. A bare name says the same.',
  see: 'https://druid.apache.org/docs/latest/querying/datasource#table',
  schema: z
    .object({ type: z.literal('table'), name: z.string().min(1, 'expected the name of a dataSource') })
    .transform(({ name }): QueriedData => ({ name, view: (context) => context.table(name) ?? emptyView(name) })),
} satisfies DataSourceType;

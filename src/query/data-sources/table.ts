import { z } from 'zod';
import type { DataSourceType, QueriedData } from './define.ts';
import { emptyView } from './view.ts';

const view = (name: string): QueriedData => ({ name, view: (context) => context.table(name) ?? emptyView(name) });
const name = z.string().min(1, 'expected the name of a dataSource');

export const table = {
  type: 'table',
  summary: 'The rows of a dataSource; none of one that is not there. A bare name says the same.',
  see: 'https://druid.apache.org/docs/latest/querying/datasource#table',
  schema: z.object({ type: z.literal('table'), name }).transform((spec) => view(spec.name)),
} satisfies DataSourceType;

export const globalTable = {
  type: 'globalTable',
  summary: 'The same; in a cluster, a dataSource of which every process has all segments.',
  see: 'https://druid.apache.org/docs/latest/querying/datasource#globaltable',
  schema: z.object({ type: z.literal('globalTable'), name }).transform((spec) => view(spec.name)),
} satisfies DataSourceType;

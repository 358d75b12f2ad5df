import { z } from 'zod';
import { compileFilter, specOf } from '../../catalog/index.ts';
import { tableScope } from '../source.ts';
import { type DataSourceType, dataSourceSchema, type QueriedData, within } from './define.ts';
import { filteredView } from './view.ts';

export default {
  type: 'filter',
  summary: "A data source's rows that pass a filter.",
  see: 'https://druid.apache.org/docs/latest/querying/datasource#filter',
  schema: z.object({ type: z.literal('filter'), base: dataSourceSchema, filter: specOf('filter') }).transform(
    ({ base, filter }): QueriedData => ({
      name: base.name,
      view: (context, asker) => {
        const table = within(['base'], () => base.view(context, asker));
        const condition = compileFilter(filter, tableScope(table, context));
        return filteredView(table, condition);
      },
    }),
  ),
} satisfies DataSourceType;

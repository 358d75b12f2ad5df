/** All types of data sources, of the most used first. */
import { type DataSourceType, registerDataSources } from './define.ts';
import filter from './filter.ts';
import inline from './inline.ts';
import join from './join.ts';
import lookup from './lookup.ts';
import query from './query.ts';
import { globalTable, table } from './table.ts';
import union from './union.ts';
import unnest from './unnest.ts';

export const dataSourceTypes: readonly DataSourceType[] = [
  table,
  query,
  join,
  lookup,
  union,
  inline,
  filter,
  unnest,
  globalTable,
];

registerDataSources(dataSourceTypes);

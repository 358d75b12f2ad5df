/** All types of data sources, of the most used first. */
import { type DataSourceType, registerDataSources } from './define.ts';
import filter from './filter.ts';
import inline from './inline.ts';
import query from './query.ts';
import table from './table.ts';
import union from './union.ts';
import unnest from './unnest.ts';

export const dataSourceTypes: readonly DataSourceType[] = [table, query, union, inline, filter, unnest];

registerDataSources(dataSourceTypes);

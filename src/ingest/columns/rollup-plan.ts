/** How a definition's events roll up to rows where no event needs to be looked at by itself, and nothing but whole numbers comes out. */
import { aggregator, compileGranularity, type FieldFold } from '../../catalog/index.ts';
import type { DataSource } from '../../spec/data-source.ts';
import type { TableColumn } from '../../store/table.ts';

export interface RollupPlan {
  /** The field that the time is read from, and the buckets that it is cut to, in milliseconds. */
  readonly time: { readonly field: string; readonly millis: number; readonly originMs: number };
  /** By physical name. A dimension has its field's name. */
  readonly dimensions: readonly { readonly column: string; readonly field: string }[];
  readonly metrics: readonly { readonly column: string; readonly fold: FieldFold }[];
}

/** Undefined when the engine must see the events. They are such as can be read into columns. */
export function rollupPlan(dataSource: DataSource, columns: readonly TableColumn[]): RollupPlan | undefined {
  const { rollup, window, filter, transforms, timestamp, queryGranularity } = dataSource;
  const buckets = compileGranularity(queryGranularity).fixed;
  if (!rollup || window.policy !== 'none' || filter || transforms.length > 0 || !buckets) return undefined;
  const folds = new Map(
    dataSource.metrics.map((checked) => {
      const metric = aggregator(checked);
      return [metric.name, metric.foldWholeNumbers()];
    }),
  );
  const places = new Set(dataSource.dimensions.flatMap(({ name, dims }) => (dims ? [name] : [])));
  const dimensions: { column: string; field: string }[] = [];
  const metrics: { column: string; fold: FieldFold }[] = [];
  for (const { name, kind, type, physical } of columns) {
    if (kind === 'dimension') {
      if (type !== 'STRING' || places.has(name) || name === '__time') return undefined;
      dimensions.push({ column: physical, field: name });
      // A metric that the definition has dropped stays in the table, empty from now on.
    } else if (folds.has(name)) {
      const fold = folds.get(name);
      if (!fold || ('fieldName' in fold && fold.fieldName === '__time')) return undefined;
      metrics.push({ column: physical, fold });
    }
  }
  return { time: { field: timestamp.column, ...buckets }, dimensions, metrics };
}

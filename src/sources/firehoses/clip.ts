/** A clipped firehose's interval, as a filter of the events that it brings. */
import { specOf } from '../../catalog/index.ts';
import { formatInterval, type Interval } from '../../catalog/time.ts';
import type { DataSource } from '../../spec/data-source.ts';

/** The definition by which only events are taken whose time lies in all of these. */
export function clippedDataSource(dataSource: DataSource, clips: readonly Interval[]): DataSource {
  if (clips.length === 0) return dataSource;
  const within = clips.map((clip) => ({ type: 'interval', dimension: '__time', intervals: [formatInterval(clip)] }));
  const fields = dataSource.filter ? [dataSource.filter.json, ...within] : within;
  const filter = specOf('filter').parse({ type: 'and', fields });
  const { transformSpec } = dataSource.dataSchema as { readonly transformSpec: object };
  const dataSchema = { ...dataSource.dataSchema, transformSpec: { ...transformSpec, filter: filter.json } };
  return { ...dataSource, filter, dataSchema };
}

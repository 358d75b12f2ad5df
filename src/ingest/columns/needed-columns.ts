/** Which columns a definition needs of its events, where all that it needs can be read into columns. */
import type { DataSource } from '../../spec/data-source.ts';
import type { TableColumn } from '../../store/table.ts';
import type { Batch } from '../batch.ts';
import { type IngestPlan, ingestPlan } from '../plan.ts';
import type { FlatField } from './flat-column.ts';

const anyBatch: Batch = {
  files: [],
  columns: { paths: [], fields: [], rowPaths: [], rollup: undefined },
  mayHoldLists: false,
  hasQuotes: true,
  longestEventBytes: 0,
};

/** Formats of which `2026-01-01T00:00:00Z` is a time. */
const isoFormats: readonly string[] = ['auto', 'iso'];

export function neededColumns(
  dataSource: DataSource,
  columns: readonly TableColumn[],
  fieldErrors: boolean,
): readonly FlatField[] | undefined {
  const { input, timestamp, discovery, dimensions, window } = dataSource;
  const isFlat = input.type === 'json' && input.rootFields && input.flatten.length === 0 && input.kafka === undefined;
  const discovers = discovery !== 'none' || dimensions.some(({ type }) => type === 'auto');
  const isPlainTime = isoFormats.includes(timestamp.format.toLowerCase()) && timestamp.missingValue === undefined;
  // The clock of messageTime asks for each event's time once more.
  if (!isFlat || discovers || !isPlainTime || window.policy === 'messageTime') return undefined;
  const clock = { nowMs: 0, newestMs: undefined };
  return flatFields(ingestPlan(dataSource, columns, anyBatch, clock, { reach: 'columns', fieldErrors }));
}

/** What a plan reads, in its order; undefined when it wants a field as JSON, or as text and as a number. */
export function flatFields({ fields }: IngestPlan): readonly FlatField[] | undefined {
  const names = new Set(fields.map(({ name }) => name));
  const flat = fields.flatMap(({ name, want }) => (want === 'json' ? [] : [{ name, kind: want }]));
  return names.size === fields.length && flat.length === fields.length ? flat : undefined;
}

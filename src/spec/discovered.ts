/** DataSources that a push creates, and the names that a dataSource may have. */
import { invalidInput } from '../errors.ts';
import { readDataSource } from './data-schema.ts';
import type { DataSource } from './data-source.ts';
import { nameProblem } from './name.ts';

/** Fields that are looked for as the timestamp, the first that occurs being taken. */
const timestampColumns = ['time', 'timestamp', 'ts', '__time', '@timestamp', 'date'] as const;

/** Every field a dimension of the type that it comes with; every event a row; nothing too late. */
export function discoveredDataSource(name: string, timestampColumn: string): DataSource {
  return readDataSource({
    dataSource: name,
    timestampSpec: { column: timestampColumn, format: 'auto' },
    dimensionsSpec: { useSchemaDiscovery: true },
    granularitySpec: { segmentGranularity: 'day', queryGranularity: 'none', rollup: false },
  });
}

/** Throws `invalidInput` for what Druid would not take as a dataSource's name. */
export function validateDataSourceName(name: string): void {
  const problem = nameProblem(name);
  if (problem) throw invalidInput(`'${name}' cannot be a dataSource's name: ${problem}.`);
}

/**
 * Of events with these fields.
 * @throws MillraceError `invalidInput` when none of them is a timestamp, or for what Druid would not take as a dataSource's name.
 */
export function dataSourceOfFields(name: string, fields: ReadonlySet<unknown>): DataSource {
  validateDataSourceName(name);
  const column = timestampColumns.find((candidate) => fields.has(candidate));
  if (column !== undefined) return discoveredDataSource(name, column);
  throw invalidInput(
    `DataSource '${name}' is unknown and cannot be created: no event has a field ${timestampColumns.map((field) => `'${field}'`).join(', ')} for its timestamp. Name the field so, or define the dataSource first.`,
  );
}

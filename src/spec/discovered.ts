/** DataSources that a push creates, and the names that a dataSource may have. */
import { invalidInput } from '../errors.ts';
import { readDataSource } from './data-schema.ts';
import type { DataSource } from './data-source.ts';

/** Fields that are looked for as the timestamp, the first that occurs being taken. */
export const timestampColumns = ['time', 'timestamp', 'ts', '__time', '@timestamp', 'date'] as const;

/** Every field a dimension of the type that it comes with; every event a row; nothing too late. */
export function discoveredDataSource(name: string, timestampColumn: string): DataSource {
  return readDataSource({
    dataSource: name,
    timestampSpec: { column: timestampColumn, format: 'auto' },
    dimensionsSpec: { useSchemaDiscovery: true },
    granularitySpec: { segmentGranularity: 'day', queryGranularity: 'none', rollup: false },
  });
}

const maxNameBytes = 255;

/** As Druid's IdUtils.validateId: the name goes into segment ids, paths and URLs. */
export function validateDataSourceName(name: string): void {
  const problem = problemOf(name);
  if (problem) throw invalidInput(`'${name}' cannot be a dataSource's name: ${problem}.`);
}

function problemOf(name: string): string | undefined {
  if (name.trim() === '') return 'it is blank';
  if (name.startsWith('.')) return 'it begins with a dot';
  if (name.includes('/')) return 'it contains a slash';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(name)) return 'it contains a control character';
  if (/[^\S ]/.test(name)) return 'it contains white space other than a space';
  if (!name.isWellFormed()) return 'it is not well-formed Unicode';
  if (Buffer.byteLength(name) > maxNameBytes) return `it is longer than ${maxNameBytes} bytes`;
  return undefined;
}

/** A definition and what its tables already hold → the tables that it needs. */
import {
  aggregator,
  type Buckets,
  type Checked,
  type ColumnType,
  compileGranularity,
  specOf,
} from '../catalog/index.ts';
import { MillraceError } from '../errors.ts';
import { type CastType, type DataSource, type FoundType, noWindow, type Window } from '../spec/data-source.ts';
import { Sql, sql } from '../sql.ts';
import type { StoredColumnRecord } from '../store/schema.ts';
import { physicalNames, type TableColumn, type TableDefinition } from '../store/table.ts';

const dimensionTypes: Record<FoundType, { type: ColumnType; sqlType: Sql }> = {
  string: { type: 'STRING', sqlType: sql`VARCHAR` },
  long: { type: 'LONG', sqlType: sql`BIGINT` },
  float: { type: 'FLOAT', sqlType: sql`FLOAT` },
  double: { type: 'DOUBLE', sqlType: sql`DOUBLE` },
  json: { type: 'COMPLEX<json>', sqlType: sql`JSON` },
  'ARRAY<STRING>': { type: 'ARRAY<STRING>', sqlType: sql`VARCHAR[]` },
  'ARRAY<LONG>': { type: 'ARRAY<LONG>', sqlType: sql`BIGINT[]` },
  'ARRAY<DOUBLE>': { type: 'ARRAY<DOUBLE>', sqlType: sql`DOUBLE[]` },
};

const castTo: Record<CastType, FoundType> = {
  STRING: 'string',
  LONG: 'long',
  DOUBLE: 'double',
  'ARRAY<STRING>': 'ARRAY<STRING>',
  'ARRAY<LONG>': 'ARRAY<LONG>',
  'ARRAY<DOUBLE>': 'ARRAY<DOUBLE>',
};

/** A dimension that discovery found, or one that needs another type or several values from now on. */
export interface FoundDimension {
  readonly name: string;
  readonly type: FoundType;
  readonly multiValue?: boolean;
}

/** Columns for the definition, beside those that the table has already (which stay, also when the definition drops them). */
export function tableDefinition(
  dataSource: DataSource,
  present: readonly TableColumn[],
  found: readonly FoundDimension[] = [],
): TableDefinition {
  const byName = new Map(present.map((column) => [column.name, column]));
  const declared = dataSource.dimensions.flatMap(({ name, type, castToType }): FoundDimension[] => {
    if (type === 'spatial') return [{ name, type: 'string' }];
    if (type !== 'auto') return [{ name, type }];
    return castToType ? [{ name, type: castTo[castToType] }] : [];
  });
  const wanted: Omit<TableColumn, 'physical'>[] = [
    ...declared.map(dimensionColumn),
    ...dataSource.metrics.map(metricColumn),
  ];
  for (const column of wanted) requireSameType(dataSource.name, column, byName.get(column.name));
  // What discovery found may change a column's type; what is declared may not.
  wanted.push(...found.map(dimensionColumn));
  const columns = new Map<string, TableColumn>(byName);
  const added = [...new Set(wanted.map((column) => column.name))].filter((name) => !byName.has(name));
  const physical = new Map(
    physicalNames(
      added,
      present.map((column) => column.physical),
    ).map((name, index) => [added[index] as string, name]),
  );
  for (const column of wanted) {
    const before = columns.get(column.name);
    const multiValue = column.multiValue || (before?.multiValue ?? false);
    columns.set(column.name, {
      ...column,
      multiValue,
      physical: before?.physical ?? (physical.get(column.name) as string),
    });
  }
  return {
    dataSource: dataSource.name,
    columns: [...columns.values()],
    rollup: dataSource.rollup,
    segments: segmentBuckets(dataSource),
    definition: {
      ...dataSource.dataSchema,
      inputFormat: dataSource.inputFormat,
      window: lasting(dataSource.window),
      ...(dataSource.tasks && { tasks: dataSource.tasks }),
    },
  };
}

/** Bounds are those of one task, and end with it. */
const lasting = (window: Window): Window => (window.policy === 'bounds' ? noWindow : window);

/** A column of the database as the store needs it: its SQL comes back from what was kept. */
export function storedColumn(record: StoredColumnRecord): TableColumn {
  const column = { ...record, sqlType: new Sql(record.sqlType) };
  return record.aggregator
    ? { ...column, merge: aggregator(specOf('aggregator').parse(record.aggregator)).merge }
    : column;
}

/** Segments by the definition's granularity. With `all` there is one, from year 1 to 9999. */
export function segmentBuckets(dataSource: DataSource): Buckets {
  const buckets = compileGranularity(dataSource.segmentGranularity);
  if (buckets.extent !== 'all') return buckets;
  return { ...buckets, floor: () => sql`TIMESTAMP '0001-01-01'`, next: () => sql`TIMESTAMP '9999-12-31'` };
}

function dimensionColumn({ name, type, multiValue }: FoundDimension): Omit<TableColumn, 'physical'> {
  return { name, kind: 'dimension', multiValue: multiValue ?? false, ...dimensionTypes[type] };
}

function metricColumn(checked: Checked<'aggregator'>): Omit<TableColumn, 'physical'> {
  const metric = aggregator(checked);
  return {
    name: metric.name,
    kind: 'metric',
    multiValue: false,
    type: metric.stateType(),
    sqlType: metric.sqlType(),
    merge: metric.merge,
    aggregator: checked.json,
  };
}

function requireSameType(
  dataSource: string,
  wanted: Omit<TableColumn, 'physical'>,
  present: TableColumn | undefined,
): void {
  if (!present || (present.type === wanted.type && present.kind === wanted.kind)) return;
  throw new MillraceError(
    'conflict',
    `Column '${wanted.name}' of dataSource '${dataSource}' is stored as a ${present.kind} of type ${present.type} and cannot become a ${wanted.kind} of type ${wanted.type}. Give the column or the dataSource another name.`,
  );
}

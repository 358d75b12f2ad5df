/**
 * A slice of a cluster's dataSource, with its schema and metrics, into the embedded engine. Part by part: what Druid has is read, and counts
 * and sums are compared on both sides, so that a part is done only when they agree.
 */
import { eternity, formatInterval, type Interval } from '../catalog/time.ts';
import { formatPath } from '../catalog/validate.ts';
import { type Druid, DruidError } from '../druid/index.ts';
import type { EmbeddedBackend } from '../embedded/index.ts';
import { asMillraceError } from '../errors.ts';
import type { DataSource } from '../spec/data-source.ts';
import { readSupervisorSpec } from '../spec/supervisor.ts';
import type { TableColumn } from '../store/table.ts';
import { PartReader } from './part-reader.ts';
import { partsOf } from './parts.ts';
import { type CloneSchema, cloneSchema } from './schema.ts';
import { segmentFacts } from './segment-metadata.ts';
import { askOf, isNumeric, totalsOf } from './totals.ts';

export interface CloneOptions {
  readonly druid: Druid;
  readonly backend: Pick<EmbeddedBackend, 'importRows' | 'query'>;
  readonly dataSource: string;
  /** Its name here; the same, unless said. */
  readonly as?: string | undefined;
  /** All of time, unless said. */
  readonly interval?: Interval | undefined;
  /** Of the rows, those that are taken: 0.1 is a tenth, which the same rows are each time. 1 unless said. */
  readonly sample?: number | undefined;
  /** Columns that are left out. */
  readonly without?: readonly string[] | undefined;
  /** Whether a dataSource of the name that is there goes. */
  readonly replace?: boolean | undefined;
  readonly onProgress?: ((progress: CloneProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CloneProgress {
  readonly rows: number;
  /** As segments tell; an interval that cuts some has fewer. */
  readonly totalRows: number;
}

export interface CloneResult extends Pick<CloneSchema, 'dataSource' | 'isSupervisors'> {
  /** That were read; and of these the ones that were taken, where it is a sample. */
  readonly rows: number;
  readonly taken: number;
  /** Columns of which sums were compared. */
  readonly summed: readonly string[];
  /** Of parts that went on taking events: what came while they were read may be there or not. */
  readonly moving: readonly Interval[];
}

/**
 * Rejects with a MillraceError: `notFound` without such rows, `invalidInput` for columns that cannot be brought, `conflict` for a dataSource that
 * is there. After a failure the same call goes on where it was.
 */
export async function cloneDataSource(options: CloneOptions): Promise<CloneResult> {
  const { druid, backend, dataSource: source, as: name = source, interval = eternity, sample = 1 } = options;
  const { without = [], replace = false, onProgress, signal } = options;
  const facts = await segmentFacts(druid, source, interval);
  const schema = cloneSchema(facts, { name, without, supervised: await supervised(druid, source) });
  const parts = partsOf(facts.segments, facts.rows);
  const origin = JSON.stringify({ source, interval: formatInterval(interval), sample, columns: schema.columns });
  const { dataSource, found, isSupervisors } = schema;
  await using rows = await backend.importRows({ dataSource, found, origin, replace, sample });
  const byName = new Map(rows.columns.map((column) => [column.name, column]));
  const columns = schema.columns.map((column) => byName.get(column) as TableColumn);
  const reader = new PartReader({ druid, backend, source, name, columns, rows, sample, signal });
  const totalRows = facts.segments.reduce((sum, segment) => sum + segment.rows, 0);
  const moving: Interval[] = [];
  let read = 0;
  for (const part of parts) {
    const outcome =
      rows.rowsOf(part) ?? (await reader.read(part, (more) => onProgress?.({ rows: read + more, totalRows })));
    if (typeof outcome === 'number') read += outcome;
    else {
      read += outcome.rows;
      if (outcome.isMoving) moving.push({ start: part.start, end: part.end });
    }
    onProgress?.({ rows: read, totalRows });
  }
  const { rows: taken } = await totalsOf(askOf(backend), name, facts.rows, []);
  await rows.finish();
  const summed = columns.filter(isNumeric).map((column) => column.name);
  return { dataSource, isSupervisors, rows: read, taken: taken ?? 0, summed, moving };
}

/** The definition of the supervisor that writes to it; undefined where there is none, or none that can be read here. */
async function supervised(druid: Druid, dataSource: string): Promise<DataSource | undefined> {
  try {
    const value = await druid.json('overlord', `/druid/indexer/v1/supervisor/${encodeURIComponent(dataSource)}`);
    return readSupervisorSpec({ value, placeOf: (path) => ({ path: formatPath(path) }) }).dataSource;
  } catch (error) {
    const { code } = asMillraceError(error);
    if (
      error instanceof DruidError
        ? ['notFound', 'forbidden'].includes(code)
        : ['invalidInput', 'unsupported'].includes(code)
    )
      return undefined;
    throw error;
  }
}

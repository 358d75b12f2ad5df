/**
 * The batch ingestion by which a Druid pulls time chunks from here and puts them in the place of what it has of them.
 * https://druid.apache.org/docs/latest/ingestion/native-batch
 */
import { condenseIntervals, formatInstant, formatInterval, type Interval } from '../catalog/time.ts';
import type { EventForm } from '../embedded/segments/form.ts';
import type { Chunk } from '../store/chunks.ts';

type Json = Readonly<Record<string, unknown>>;

export interface BatchTask {
  readonly id: string;
  /** As the overlord takes it. */
  readonly json: Json;
}

export interface BatchSource {
  /** The definition's, in today's form. */
  readonly dataSchema: Json;
  readonly form: EventForm;
  /** Where this server can be reached from Druid. */
  readonly address: string;
  /** How many subtasks may pull at once; where they do not pay, the task does it all itself. */
  readonly freeSubtasks: number;
}

/** What one request hands out, about a minute's work for Druid. A chunk of more is cut into parts of the same length. */
const rowsPerPiece = 2_500_000;
/** Each subtask has one request; with less, the start of its process takes longer than its work. */
const leastRowsPerSubtask = 500_000;

export function batchTask(id: string, chunks: readonly Chunk[], source: BatchSource): BatchTask {
  const { dataSchema, form, address, freeSubtasks } = source;
  const dataSource = String(dataSchema.dataSource);
  const base = `${address}/v1/segments/${encodeURIComponent(dataSource)}`;
  const { segmentGranularity, queryGranularity, rollup } = dataSchema.granularitySpec as Json;
  const uris = pieces(chunks).map((piece) => `${base}/${pathOf(piece)}`);
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  // With 1 there are no subtasks.
  const maxNumConcurrentSubTasks = rows < leastRowsPerSubtask * uris.length ? 1 : Math.min(uris.length, freeSubtasks);
  const fields = [...form.renamed].map(([name, expr]) => ({ type: 'root', name, expr }));
  const type = 'index_parallel';
  const spec = {
    dataSchema: {
      dataSource,
      timestampSpec: { column: '__time', format: 'millis' },
      dimensionsSpec: { dimensions: form.dimensions },
      metricsSpec: form.metrics,
      granularitySpec: {
        type: 'uniform',
        segmentGranularity,
        queryGranularity,
        rollup,
        intervals: condenseIntervals(chunks.map(intervalOf)).map(formatInterval),
      },
    },
    ioConfig: {
      type,
      inputSource: { type: 'http', uris },
      inputFormat: { type: 'json', ...(fields.length > 0 && { flattenSpec: { useFieldDiscovery: true, fields } }) },
      appendToExisting: false,
    },
    // Dynamic partitions are those that a stream can append to.
    tuningConfig: { type, partitionsSpec: { type: 'dynamic' }, maxNumConcurrentSubTasks },
  };
  return { id, json: { type, id, spec } };
}

const intervalOf = ({ startMs, endMs }: Chunk): Interval => ({ start: startMs, end: endMs });

/** By the suffix Druid knows how it is compressed. */
const pathOf = ({ start, end }: Interval) => `${formatInstant(start)}/${formatInstant(end)}.json.zst`;

/**
 * Intervals of about as many rows, each one request and, where several run, one subtask's work. They are cut by time, so that no row is in two
 * of them, whatever is handed off or combined between the requests.
 */
export function pieces(chunks: readonly Chunk[]): Interval[] {
  const cut: Interval[] = [];
  let rows = 0;
  for (const chunk of chunks) {
    const last = cut.at(-1);
    if (last && last.end === chunk.startMs && rows + chunk.rows <= rowsPerPiece) {
      cut[cut.length - 1] = { start: last.start, end: chunk.endMs };
      rows += chunk.rows;
      continue;
    }
    const parts = Math.ceil(chunk.rows / rowsPerPiece);
    const borders = Array.from({ length: parts + 1 }, (_, i) =>
      Math.round(chunk.startMs + ((chunk.endMs - chunk.startMs) * i) / parts),
    );
    cut.push(...borders.slice(1).map((end, i) => ({ start: borders[i] as number, end })));
    rows = parts > 1 ? rowsPerPiece : chunk.rows;
  }
  return cut;
}

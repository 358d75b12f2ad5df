/**
 * Columns of events → columns of rows: groups of equal time and dimensions, with what their numbers come to. The engine would make the same of
 * them; but to give it rows, of which there are mostly far fewer, costs less than to give it the events.
 */
import type { NumberVerb } from '../../catalog/index.ts';
import { type FlatColumn, numberAt, setNumberAt } from './flat-column.ts';
import { eventsAtOnce } from './flat-events.ts';
import { Groups, maxGroups } from './groups.ts';
import type { ParquetColumn } from './parquet.ts';
import type { RollupPlan } from './rollup-plan.ts';
import { Texts } from './texts.ts';

/** With more rows for an event, rolling up costs more than it saves. Among the first events most are the first of their row. */
const maxRowsEach = 0.5;
const firstEvents = 32_768;

/** In place of a text's id. */
const noText = 0xffff;

const noTexts = new Texts();
const noNulls = new Uint8Array(0);

/** A metric of all rows. Its numbers are whole ones that a double holds exactly. */
interface Metric {
  readonly verb: NumberVerb;
  readonly input: FlatColumn;
  readonly states: Float64Array;
}

export class Rollup {
  readonly #time: FlatColumn;
  readonly #millis: number;
  readonly #originMs: number;
  readonly #dimensions: readonly FlatColumn[];
  readonly #metrics: readonly Metric[];
  /** In the plan's order; undefined for those that count. */
  readonly #outputs: readonly (Metric | undefined)[];
  /** Rows, by the numbers of their buckets and their texts' ids. */
  readonly #groups: Groups;
  readonly #counts = new Int32Array(maxGroups);
  /** Of the events of one call: a part of their keys, and their rows. */
  readonly #numbers = new Uint16Array(eventsAtOnce);
  readonly #rowOf = new Int32Array(eventsAtOnce);
  /** Starts, and their numbers. */
  readonly #buckets = new Map<number, number>();

  /** @returns undefined when the plan wants a field that is not among the columns, or as something else. */
  static of(plan: RollupPlan, columns: readonly FlatColumn[]): Rollup | undefined {
    const find = (name: string, kind: FlatColumn['kind']) =>
      columns.find((column) => column.name === name && column.kind === kind);
    const time = find(plan.time.field, 'time');
    const dimensions = plan.dimensions.flatMap(({ field }) => find(field, 'text') ?? []);
    const outputs = plan.metrics.map(({ fold }) => {
      const input = fold.verb === 'count' ? undefined : find(fold.fieldName, 'long');
      return input && { verb: fold.verb as NumberVerb, input, states: new Float64Array(maxGroups) };
    });
    const isWhole = plan.metrics.every(({ fold }, index) => fold.verb === 'count' || outputs[index]);
    if (!time || dimensions.length < plan.dimensions.length || !isWhole) return undefined;
    return new Rollup(plan, time, dimensions, outputs);
  }

  private constructor(
    { time: { millis, originMs } }: RollupPlan,
    time: FlatColumn,
    dimensions: readonly FlatColumn[],
    outputs: readonly (Metric | undefined)[],
  ) {
    this.#time = time;
    this.#millis = millis;
    this.#originMs = originMs;
    this.#dimensions = dimensions;
    this.#outputs = outputs;
    this.#metrics = outputs.filter((metric) => metric !== undefined);
    this.#groups = new Groups(1 + dimensions.length, eventsAtOnce);
  }

  get rows(): number {
    return this.#groups.count;
  }

  /** Forgets the rows of before. */
  begin(): void {
    this.#groups.clear();
    this.#buckets.clear();
  }

  /** Adds events, those before `first` being there already; false when they do not roll up, or not exactly. */
  add(first: number, end: number): boolean {
    const needed = [this.#time, ...this.#metrics.map(({ input }) => input)];
    if (needed.some(({ nullCount }) => nullCount > 0)) return false;
    if (!this.#numberBuckets(first, end) || !this.#numberTexts(first, end)) return false;
    const known = this.rows;
    if (!this.#groups.find(end - first, this.#rowOf)) return false;
    if (this.rows > maxRowsEach * Math.max(firstEvents, end)) return false;
    this.#counts.fill(0, known, this.rows);
    for (let at = 0; at < end - first; at++) (this.#counts[this.#rowOf[at] as number] as number)++;
    return this.#metrics.every((metric) => {
      metric.states.fill(firstStates[metric.verb], known, this.rows);
      return this.#fold(metric, first, end);
    });
  }

  /** The time, the dimensions, the metrics, and how many events each row holds. */
  columns(): ParquetColumn[] {
    const { rows } = this;
    const counts = numberColumn('long', this.#counts, rows);
    const time = numberColumn('time', this.#times(), rows);
    const dimensions = this.#dimensions.map(({ texts }, index) => textColumn(texts, this.#groups.part(index + 1)));
    const metrics = this.#outputs.map((metric) => (metric ? numberColumn('long', metric.states, rows) : counts));
    return [time, ...dimensions, ...metrics, counts];
  }

  #times(): Float64Array {
    const starts = [...this.#buckets.keys()];
    const buckets = this.#groups.part(0);
    const times = new Float64Array(buckets.length);
    for (let row = 0; row < times.length; row++) times[row] = starts[buckets[row] as number] as number;
    return times;
  }

  #numberBuckets(first: number, end: number): boolean {
    const { words } = this.#time;
    const numbers = this.#numbers;
    let [bucketStart, bucketEnd, bucket] = [Number.NaN, Number.NaN, 0];
    for (let event = first; event < end; event++) {
      const ms = numberAt(words, event);
      if (!(ms >= bucketStart && ms < bucketEnd)) {
        bucketStart = this.#originMs + Math.floor((ms - this.#originMs) / this.#millis) * this.#millis;
        bucketEnd = bucketStart + this.#millis;
        bucket = this.#buckets.get(bucketStart) ?? this.#buckets.size;
        this.#buckets.set(bucketStart, bucket);
      }
      numbers[event - first] = bucket;
    }
    this.#groups.want(0, numbers, end - first);
    return this.#buckets.size <= maxGroups;
  }

  #numberTexts(first: number, end: number): boolean {
    for (let index = 0; index < this.#dimensions.length; index++) {
      const { words, nulls, nullCount, texts } = this.#dimensions[index] as FlatColumn;
      if (texts.count > noText) return false;
      const numbers = this.#numbers;
      numbers.set(words.subarray(first, end));
      if (nullCount > 0)
        for (let event = first; event < end; event++) if (nulls[event] === 1) numbers[event - first] = noText;
      this.#groups.want(index + 1, numbers, end - first);
    }
    return true;
  }

  /** False when a sum is none that a double holds. */
  #fold({ verb, input: { words }, states }: Metric, first: number, end: number): boolean {
    for (let event = first; event < end; event++) {
      const row = this.#rowOf[event - first] as number;
      const value = numberAt(words, event);
      const state = states[row] as number;
      if (verb === 'sum') {
        const sum = state + value;
        if (sum > Number.MAX_SAFE_INTEGER || sum < Number.MIN_SAFE_INTEGER) return false;
        states[row] = sum;
      } else if (verb === 'smallest' ? value < state : value > state) states[row] = value;
    }
    return true;
  }
}

const firstStates = {
  sum: 0,
  smallest: Number.POSITIVE_INFINITY,
  largest: Number.NEGATIVE_INFINITY,
} as const satisfies Record<NumberVerb, number>;

function numberColumn(kind: 'long' | 'time', values: Float64Array | Int32Array, rows: number): ParquetColumn {
  const words = new Int32Array(2 * rows);
  for (let row = 0; row < rows; row++) setNumberAt(words, row, values[row] as number);
  return { kind, texts: noTexts, nulls: noNulls, nullCount: 0, valueWords: () => words };
}

function textColumn(texts: Texts, ids: Uint16Array): ParquetColumn {
  const nulls = new Uint8Array(ids.length);
  const words = new Int32Array(ids.length);
  let values = 0;
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row] as number;
    if (id === noText) nulls[row] = 1;
    else words[values++] = id;
  }
  return { kind: 'text', texts, nulls, nullCount: ids.length - values, valueWords: () => words.subarray(0, values) };
}

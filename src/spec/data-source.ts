/**
 * What every way of describing a stream (supervisor, Tranquility file, realtime spec, auto-creation) becomes:
 * one definition, from which the ingestion plan and the tables are compiled.
 */
import type { Checked } from '../catalog/index.ts';
import { type ArrayType, arrayTypes } from '../catalog/output-type.ts';

export interface DataSource {
  readonly name: string;
  readonly timestamp: TimestampSpec;
  readonly input: InputFormat;
  readonly dimensions: readonly Dimension[];
  /** Which of an event's other fields become dimensions: none, all as STRING, or all by their JSON type. */
  readonly discovery: 'none' | 'strings' | 'types';
  /** Fields that discovery leaves out; already holds the timestamp, metric inputs and metric names. */
  readonly exclusions: readonly string[];
  readonly metrics: readonly Checked<'aggregator'>[];
  readonly segmentGranularity: Checked<'granularity'>;
  readonly queryGranularity: Checked<'granularity'>;
  /** Whether rows of the same time and dimensions are combined. */
  readonly rollup: boolean;
  readonly transforms: readonly Transform[];
  /** Rows that do not pass are thrown away (counted as `filtered`). */
  readonly filter?: Checked<'filter'>;
  readonly window: Window;
  /** One of each where it is missing. */
  readonly tasks?: Tasks;
  /** The `ioConfig`'s inputFormat, as JSON. */
  readonly inputFormat: unknown;
  /** The `dataSchema` in today's form, as it can be shown, stored, and sent to a Druid. */
  readonly dataSchema: Readonly<Record<string, unknown>>;
}

export interface TimestampSpec {
  readonly column: string;
  /** `auto`, `iso`, `posix`, `millis`, `micro`, `nano`, `ruby`, or a Joda pattern. */
  readonly format: string;
  /** Milliseconds, for events without a timestamp. */
  readonly missingValue?: number;
}

export const castTypes = ['STRING', 'LONG', 'DOUBLE', ...arrayTypes] as const;
export type CastType = (typeof castTypes)[number];

export type DimensionType = 'string' | 'long' | 'float' | 'double' | 'json' | 'auto' | 'spatial';

/** What a column of discovered type can be. */
export type FoundType = Exclude<DimensionType, 'auto' | 'spatial'> | ArrayType;

export interface Dimension {
  readonly name: string;
  readonly type: DimensionType;
  /** Of `auto`: the type that it has whatever its values are. */
  readonly castToType?: CastType | undefined;
  /** Of `spatial`: the fields of its coordinates, for events without a field of its own name. */
  readonly dims?: readonly string[] | undefined;
  /** What happens to the values of a multi-value dimension. Druid's default is sorted_array. */
  readonly multiValueHandling: 'sorted_array' | 'sorted_set' | 'array';
}

/** `path` is a JSONPath of members and indexes, as the engine takes it. */
export interface FlattenField {
  readonly name: string;
  readonly path: string;
  /** The top-level field that the path begins in. */
  readonly root: string;
}

export type InputFormat = ValueFormat & {
  /** Columns of what Kafka knows about an event's record, beside those of its value. */
  readonly kafka?: KafkaColumns | undefined;
};

/** Names of the columns, each there only where the spec asks for it. */
export interface KafkaColumns {
  /** Milliseconds since 1970. */
  readonly timestamp: string;
  readonly topic: string;
  /** The first column of the record's key. */
  readonly key: { readonly name: string; readonly format: ValueFormat } | undefined;
  readonly headers: { readonly prefix: string; readonly encoding: 'utf8' | 'latin1' | 'ascii' } | undefined;
}

export type ValueFormat =
  | {
      readonly type: 'json';
      /** Whether top-level fields are read by their names (Druid's useFieldDiscovery). */
      readonly rootFields: boolean;
      readonly flatten: readonly FlattenField[];
    }
  | {
      readonly type: 'delimited';
      readonly delimiter: string;
      /** `"` for csv; undefined for tsv, where quotes are ordinary characters. */
      readonly quote: string | undefined;
      /** Separates the values of a multi-value dimension inside one field. */
      readonly listDelimiter: string | undefined;
      /** None until the header of a body is read, where that names them. */
      readonly columns: readonly string[];
      /** What a body begins with: lines to be skipped, then perhaps one that names the columns. */
      readonly header?: { readonly skipRows: number; readonly namesColumns: boolean };
    }
  | {
      readonly type: 'regex';
      readonly pattern: string;
      /** Names of the pattern's groups; `column_1`… where the spec gives none. */
      readonly columns: readonly string[];
      readonly listDelimiter: string | undefined;
    };

export interface Transform {
  readonly name: string;
  /** Druid's expression language. */
  readonly expression: string;
}

/** With what a Druid cluster reads pushed events. In one process they have no meaning. */
export interface Tasks {
  /** Of the topic, each read by a task of its own. */
  readonly partitions: number;
  /** Tasks that read the same partition, so that one of them can die. */
  readonly replicas: number;
}

/** Which events are too late or too early to be taken. */
export type Window = ClockWindow | Bounds;

export interface ClockWindow {
  /** `serverTime`: against the clock; `messageTime`: against the newest event so far; `none`: all are taken. */
  readonly policy: 'none' | 'serverTime' | 'messageTime';
  readonly periodMs: number;
  /** `event`: by the event's own time; `bucket`: by its segment's bucket, as Tranquility's source does. */
  readonly rule: 'event' | 'bucket';
  /** A realtime node's `none` hands nothing off; others do once a bucket has ended and nothing comes any more. */
  readonly handOff?: 'never';
}

/** All events are taken. */
export const noWindow: Window = { policy: 'none', periodMs: 0, rule: 'event' };

/** Times that stand still, as a supervisor's task has them from its creation. A missing one bounds nothing. */
export interface Bounds {
  readonly policy: 'bounds';
  /** Events before this are late. */
  readonly fromMs: number | undefined;
  /** Events after this are early. */
  readonly toMs: number | undefined;
}

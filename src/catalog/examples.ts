/** What the catalogue's examples are made of: each is a test, and a part of the reference documentation. */

type Json = Record<string, unknown>;

export interface AggregatorExample {
  readonly spec: Json;
  /** Events, in order; those without `__time` come a second apart from 2000-01-01. */
  readonly events: readonly Json[];
  /** What a query over all of them answers, whole or in parts. */
  readonly result: unknown;
  /** Allowed relative error. */
  readonly tolerance?: number;
}

export interface FilterExample {
  readonly spec: Json;
  /** Events of one table. A list is a multi-value dimension. */
  readonly matches: readonly Json[];
  readonly rejects: readonly Json[];
}

export interface PostAggregatorExample {
  readonly spec: Json;
  /** A list is a sketch of these values. */
  readonly row: Record<string, number | readonly (string | number)[]>;
  /** The aggregator that makes the row's sketches: its type, or with what else it needs. */
  readonly sketch?: string | Json;
  readonly result: unknown;
}

export interface ExtractionExample {
  readonly spec: Json;
  /** Given and extracted. */
  readonly pairs: readonly (readonly [string | null, string | null])[];
}

export interface DimensionExample {
  readonly spec: Json;
  readonly events: readonly Json[];
  readonly values: readonly unknown[];
}

export interface GranularityExample {
  readonly spec: Json | string;
  /** A time, and the start of its bucket. */
  readonly pairs: readonly (readonly [string, string])[];
}

/** The registered lookups that examples name. */
export const exampleLookups: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  countries: { de: 'Germany', fr: 'France' },
};

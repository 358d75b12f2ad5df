/**
 * The contracts of the catalogue. What Druid's JSON can name (an aggregator, a filter, …) is one file each in the
 * folder of its kind: its schema, prose, SQL and examples. The examples are the tests and the reference documentation.
 *
 * An entry imports this file only; `registry.generated.ts` collects the entries; readers go through `index.ts`.
 */
import { z } from 'zod';
import { and, type Sql, sql } from '../sql.ts';
import { madeOfSingles } from './bound.ts';
import type { Buckets } from './buckets.ts';
import { readByValue } from './dynamic-schema.ts';
import type {
  AggregatorExample,
  DimensionExample,
  ExtractionExample,
  FilterExample,
  GranularityExample,
  PostAggregatorExample,
} from './examples.ts';
import type { FieldFold } from './field-fold.ts';
import { neverEmpty, rankOf, verdictOf } from './multi-value.ts';
import type { ColumnType, LookupScope, Scope, Value } from './scope.ts';

export type { Buckets } from './buckets.ts';
export type { ColumnType, EventField, LookupScope, Scope, Value } from './scope.ts';

export type Kind =
  | 'aggregator'
  | 'filter'
  | 'postAggregator'
  | 'extraction'
  | 'dimension'
  | 'virtualColumn'
  | 'granularity';

interface Entry<S> {
  /** The word in `type`, as Druid spells it. */
  readonly type: string;
  /** Other spellings that Druid accepts. */
  readonly aliases?: readonly string[];
  /** One or two sentences for the reference. */
  readonly summary: string;
  /** Link to Druid's documentation of it. */
  readonly see?: string;
  /** Shape of the JSON, `type` included. */
  readonly schema: z.ZodType<S>;
}

// ---------------------------------------------------------------------------------------------------- aggregators

/** How an aggregator reads: the rows in scope, and a condition that a row must meet to count. */
export interface FoldInput {
  readonly scope: Scope;
  readonly where?: Sql | undefined;
  /** In a grouping of subtotals: the dimensions that it is by. */
  readonly grouped?: ReadonlySet<string> | undefined;
}

/**
 * An aggregator says how it ingests (`fold`: raw values → state), merges (states → state) and finishes (state → value).
 * Law: `finish(merge(fold(part)…))` equals `finish(fold(whole))`.
 */
export interface Aggregator<S = unknown> extends Entry<S> {
  readonly kind: 'aggregator';
  /** Fields that it reads from an event. Druid's dimension discovery leaves them out. */
  inputs(spec: S): readonly string[];
  /** Type of the state, as stored in a metric column. */
  stateType(spec: S): ColumnType;
  /** The engine's type of that state, such as BIGINT. */
  sqlType(spec: S): Sql;
  /** An SQL aggregate over the scope's rows that yields a state. Over a column that already holds states it merges. */
  fold(spec: S, input: FoldInput): Sql;
  /** An SQL aggregate over states that yields a state. Absent from those that Druid offers only at query time. */
  merge?(spec: S, state: Sql): Sql;
  /** A scalar: state → the value that a user sees. */
  finish(spec: S, state: Sql): Value;
  /** How `fold` is done without the engine where the field holds nothing but whole numbers; undefined where it cannot be. */
  foldWholeNumbers?(spec: S): FieldFold | undefined;
  readonly examples: readonly AggregatorExample[];
}

// -------------------------------------------------------------------------------------------------------- filters

export interface Filter<S = unknown> extends Entry<S> {
  readonly kind: 'filter';
  /** A condition in SQL's three-valued logic. */
  compile(spec: S, scope: Scope): Sql;
  readonly examples: readonly FilterExample[];
}

// ---------------------------------------------------------------------------------------------- post-aggregators

/** What a post-aggregator may refer to: the query's aggregators and earlier post-aggregators. */
export interface ResultScope extends LookupScope {
  /** Finished, or as state (`finalizingFieldAccess` and `fieldAccess`); undefined when there is none of that name. */
  field(name: string, as: 'value' | 'state'): Value | undefined;
}

export interface PostAggregator<S = unknown> extends Entry<S> {
  readonly kind: 'postAggregator';
  compile(spec: S, scope: ResultScope): Value;
  readonly examples: readonly PostAggregatorExample[];
}

// ------------------------------------------------------------------------------- extraction functions, dimensions

export interface Extraction<S = unknown> extends Entry<S> {
  readonly kind: 'extraction';
  /** VARCHAR → VARCHAR. `__time` comes as text of its milliseconds. */
  compile(spec: S, input: Sql, scope: LookupScope): Sql;
  /** The same over the row's time, a TIMESTAMP in UTC, where the way through text would be slow. */
  compileTime?(spec: S, time: Sql): Sql;
  readonly examples: readonly ExtractionExample[];
}

export interface DimensionSpec<S = unknown> extends Entry<S> {
  readonly kind: 'dimension';
  outputName(spec: S): string;
  compile(spec: S, scope: Scope): Value;
  readonly examples: readonly DimensionExample[];
}

/** Says the same as a dimension spec; what it computes is a column to the rest of the query, of any type. */
export interface VirtualColumn<S = unknown> extends Omit<DimensionSpec<S>, 'kind'> {
  readonly kind: 'virtualColumn';
}

// -------------------------------------------------------------------------------------------------- granularities

export interface Granularity<S = unknown> extends Entry<S> {
  readonly kind: 'granularity';
  compile(spec: S): Buckets;
  readonly examples: readonly GranularityExample[];
}

// ------------------------------------------------------------------------------------------------------- registry

export type AnyEntry = Aggregator | Filter | PostAggregator | Extraction | DimensionSpec | VirtualColumn | Granularity;
export type EntryOf<K extends Kind> = Extract<AnyEntry, { kind: K }>;

/** A spec that was checked against its entry's schema. Only {@link specOf} makes them. */
export interface Checked<K extends Kind> {
  readonly kind: K;
  readonly entry: EntryOf<K>;
  readonly spec: { readonly type: string; readonly name?: string } & Record<string, unknown>;
  /** As it was written, shorthand written out. */
  readonly json: Readonly<Record<string, unknown>>;
}

// biome-ignore lint/suspicious/noExplicitAny: an entry is stored without its spec's type; `Checked` pairs the two again
type Erased = any;

export const defineAggregator = <S>(entry: Omit<Aggregator<S>, 'kind'>): Aggregator =>
  ({ kind: 'aggregator', ...entry }) as Erased;
export const defineFilter = <S>(entry: Omit<Filter<S>, 'kind'>): Filter => ({ kind: 'filter', ...entry }) as Erased;
export const definePostAggregator = <S>(entry: Omit<PostAggregator<S>, 'kind'>): PostAggregator =>
  ({ kind: 'postAggregator', ...entry }) as Erased;
export const defineExtraction = <S>(entry: Omit<Extraction<S>, 'kind'>): Extraction =>
  ({ kind: 'extraction', ...entry }) as Erased;
export const defineDimension = <S>(entry: Omit<DimensionSpec<S>, 'kind'>): DimensionSpec =>
  ({ kind: 'dimension', ...entry }) as Erased;
export const defineVirtualColumn = <S>(entry: Omit<VirtualColumn<S>, 'kind'>): VirtualColumn =>
  ({ kind: 'virtualColumn', ...entry }) as Erased;
export const defineGranularity = <S>(entry: Omit<Granularity<S>, 'kind'>): Granularity =>
  ({ kind: 'granularity', ...entry }) as Erased;

const registry = new Map<string, AnyEntry>();
const typesOfKind = new Map<Kind, string[]>();
/** Types that Druid has and millrace does not have yet: answered with 501 rather than 400. */
const notYetSupported = new Map<Kind, ReadonlySet<string>>();
/** A spec written without an object (a bare string), or without `type`. */
const normalizers = new Map<Kind, (value: unknown) => unknown>();

export function register(entries: readonly AnyEntry[]): void {
  for (const entry of entries) {
    for (const type of [entry.type, ...(entry.aliases ?? [])]) registry.set(`${entry.kind} ${type}`, entry);
    typesOfKind.set(entry.kind, [...(typesOfKind.get(entry.kind) ?? []), entry.type]);
  }
}

export function registerGaps(kind: Kind, types: readonly string[]): void {
  notYetSupported.set(kind, new Set(types));
}

/** How a kind's shorthand (`"url"` for a default dimension, `"hour"` for a granularity) becomes an object with `type`. */
export function registerShorthand(kind: Kind, normalize: (value: unknown) => unknown): void {
  normalizers.set(kind, normalize);
}

function entryOf<K extends Kind>(kind: K, type: string): EntryOf<K> | undefined {
  return registry.get(`${kind} ${type}`) as EntryOf<K> | undefined;
}

export function entriesOf<K extends Kind>(kind: K): EntryOf<K>[] {
  return typesOf(kind).map((type) => entryOf(kind, type) as EntryOf<K>);
}

function typesOf(kind: Kind): readonly string[] {
  return typesOfKind.get(kind) ?? [];
}

function isGap(kind: Kind, type: string): boolean {
  return notYetSupported.get(kind)?.has(type) ?? false;
}

/** Marks the issue of a type that Druid has and we lack, so that the reader answers 501. */
export interface TypeIssueParams {
  readonly unsupported?: boolean;
  readonly wrongType?: string;
  readonly rightTypes?: readonly string[];
}

/**
 * The schema of any spec of a kind, to stand in another schema: `filter: specOf('filter')`.
 * Its output is {@link Checked}: the entry and the spec that passed the entry's own schema.
 */
export function specOf<K extends Kind>(kind: K): z.ZodType<Checked<K>> {
  const normalized = (raw: unknown) => normalizers.get(kind)?.(raw) ?? raw;
  const schema = z.unknown().transform((raw, context): Checked<K> => {
    const value = normalized(raw);
    const fail = (message: string, path: PropertyKey[], params: TypeIssueParams = {}) => {
      context.issues.push({ code: 'custom', message, path, params, input: raw });
      return z.NEVER;
    };
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return fail(`expected a ${kind} object`, []);
    const type = (value as Record<string, unknown>).type;
    if (typeof type !== 'string')
      return fail(`expected the ${kind}'s type, one of ${typesOf(kind).join(', ')}`, ['type']);
    const entry = entryOf(kind, type);
    if (!entry) {
      if (isGap(kind, type))
        return fail(`${kind} type '${type}' is not supported yet`, ['type'], { unsupported: true });
      return fail(`unknown ${kind} type '${type}'`, ['type'], { wrongType: type, rightTypes: typesOf(kind) });
    }
    const parsed = entry.schema.safeParse(value);
    if (parsed.success)
      return { kind, entry, spec: parsed.data as Checked<K>['spec'], json: value as Checked<K>['json'] };
    for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: raw } as Erased);
    return z.NEVER;
  });
  readByValue(schema, (raw) => {
    const { type } = (normalized(raw) ?? {}) as { type?: unknown };
    return typeof type === 'string' ? entryOf(kind, type)?.schema : undefined;
  });
  return schema.meta({ title: kind }) as z.ZodType<Checked<K>>;
}

// ------------------------------------------------------------------------------------- calling a checked spec's code

export const compileFilter = (filter: Checked<'filter'>, scope: Scope): Sql => filter.entry.compile(filter.spec, scope);
export const compileExtraction = (extraction: Checked<'extraction'>, input: Sql, scope: LookupScope): Sql =>
  extraction.entry.compile(extraction.spec, input, scope);
export const compileDimension = (dimension: Checked<'dimension'>, scope: Scope): Value =>
  dimension.entry.compile(dimension.spec, scope);
export const dimensionName = (dimension: Checked<'dimension'>): string => dimension.entry.outputName(dimension.spec);
export const compilePostAggregator = (post: Checked<'postAggregator'>, scope: ResultScope): Value =>
  post.entry.compile(post.spec, scope);
export const compileGranularity = (granularity: Checked<'granularity'>): Buckets =>
  granularity.entry.compile(granularity.spec);

// -------------------------------------------------------------------------------------------- helpers for entries

/** ` FILTER (WHERE …)` after an SQL aggregate, or nothing. */
export function only(...conditions: readonly (Sql | undefined)[]): Sql {
  const given = conditions.filter((condition) => condition !== undefined);
  return given.length === 0 ? sql`` : sql` FILTER (WHERE ${and(given)})`;
}

/**
 * Whether a value, or any of a multi-value dimension's values, passes the test; unknown where none does and one is unknown.
 * A list without values is null.
 */
export function anyValue(value: Value, test: (single: Sql) => Sql): Sql {
  if (!value.multiValue) return test(value.sql);
  const rank = rankOf(test(sql`v`));
  const made = madeOfSingles(value);
  const best = made
    ? sql`(SELECT max(${rank}) FROM (SELECT ${made.body} AS v FROM (SELECT unnest(${neverEmpty(made.list)}) AS ${made.name}) AS __elements) AS __elements)`
    : sql`list_max(list_transform(${neverEmpty(value.sql)}, lambda v: ${rank}))`;
  return verdictOf(best);
}

/** Aggregators and post-aggregators of a query: states inside, finished values outside. */
import {
  aggregator,
  type Checked,
  compilePostAggregator,
  type ResultScope,
  type Scope,
  type Value,
} from '../catalog/index.ts';
import { ident, join, type Sql, sql } from '../sql.ts';
import { QueryMistake } from './define.ts';
import { type Column, measureColumn } from './encode.ts';

export interface Measures {
  /** `sum(x) AS a0`, …: an SQL aggregate each, over the rows of a source. */
  readonly folds: readonly Sql[];
  /** The same in a grouping of subtotals, by those dimensions. */
  foldsOf(grouped: ReadonlySet<string> | undefined): readonly Sql[];
  /** `sum(a0) AS a0`, …: aggregates over states; undefined when one of the aggregators cannot merge its states. */
  readonly merges: readonly Sql[] | undefined;
  /** Aggregators, then post-aggregators: finished, in terms of the columns of `withPosts`. */
  readonly columns: readonly Column[];
  readonly results: ReadonlyMap<string, Value>;
  /** The same for a query around this one: sketches as they are, so that they can be merged further. */
  readonly inner: ReadonlyMap<string, Value>;
  /** A relation with the states → the same with the post-aggregators, `p0`, …, beside them. */
  withPosts(states: Sql): Sql;
}

export interface MeasuresSpec {
  readonly aggregations: readonly Checked<'aggregator'>[];
  readonly postAggregations: readonly Checked<'postAggregator'>[];
}

/** `dimensions` are the query's by output name, as they stand beside the states: no result may be named alike, and post-aggregators may read them. */
export function measuresOf(
  spec: MeasuresSpec,
  scope: Scope,
  dimensions: ReadonlyMap<string, Value> = new Map(),
): Measures {
  const names = new Set(dimensions.keys());
  const claim = (name: string | undefined, ...path: [list: keyof MeasuresSpec, index: number]) => {
    if (!name) throw new QueryMistake(path, 'expected a name');
    if (names.has(name))
      throw new QueryMistake(path, `two results of the query are named '${name}'; give one of them another name`);
    names.add(name);
    return name;
  };
  const merges: Sql[] = [];
  const states: Sql[] = [];
  const values = new Map<string, { readonly value: Value; readonly state?: Value }>();
  for (const [i, checked] of spec.aggregations.entries()) {
    const { name, merge, ingestible, finish, stateType } = aggregator(checked);
    const state = ident(`a${i}`);
    if (ingestible) merges.push(sql`${merge(state)} AS ${state}`);
    states.push(state);
    values.set(claim(name, 'aggregations', i), { value: finish(state), state: { sql: state, type: stateType() } });
  }
  const posts = new PostStages();
  for (const [i, post] of spec.postAggregations.entries()) {
    const value = posts.add(ident(`p${i}`), post, {
      lookup: scope.lookup,
      field: (name, as) =>
        (as === 'state' ? values.get(name)?.state : undefined) ?? values.get(name)?.value ?? dimensions.get(name),
    });
    values.set(claim(post.spec.name ?? undefined, 'postAggregations', i), { value });
  }
  const foldsOf = (grouped: ReadonlySet<string> | undefined) =>
    spec.aggregations.map((checked, i) => sql`${aggregator(checked).fold({ scope, grouped })} AS ${states[i] as Sql}`);
  return {
    folds: foldsOf(undefined),
    foldsOf,
    merges: merges.length === states.length ? merges : undefined,
    columns: [...values].map(([name, { value }]) => measureColumn(name, value)),
    results: new Map([...values].map(([name, { value }]) => [name, value])),
    inner: new Map([...values].map(([name, { value, state }]) => [name, state && isSketch(state) ? state : value])),
    withPosts: (relation) => posts.around(relation),
  };
}

const isSketch = ({ type }: Value) => type.startsWith('COMPLEX<') && !type.startsWith('COMPLEX<serializablePair');

/**
 * Post-aggregators in stages: one that reads another stands in a SELECT around it. Put into each other's text, a chain of
 * them would double its length with each link.
 */
class PostStages {
  readonly #stages: Sql[][] = [];
  readonly #stageOf = new Map<Value, number>();

  add(name: Sql, post: Checked<'postAggregator'>, results: ResultScope): Value {
    let stage = 0;
    const scope: ResultScope = {
      ...results,
      field: (fieldName, as) => {
        const value = results.field(fieldName, as);
        if (value) stage = Math.max(stage, (this.#stageOf.get(value) ?? -1) + 1);
        return value;
      },
    };
    const computed = compilePostAggregator(post, scope);
    this.#stages[stage] = [...(this.#stages[stage] ?? []), sql`${computed.sql} AS ${name}`];
    const value: Value = { ...computed, sql: name };
    this.#stageOf.set(value, stage);
    return value;
  }

  around(relation: Sql): Sql {
    return this.#stages.reduce(
      (inner, posts) => sql`(SELECT ${join([sql`*`, ...posts])} FROM ${inner} AS s)`,
      relation,
    );
  }
}

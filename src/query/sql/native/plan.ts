/**
 * A SELECT over one table → the native query that Druid's planner makes of it, where that is plain: columns and simple aggregates,
 * grouped by columns or by hours and the like. https://druid.apache.org/docs/latest/querying/sql-translation
 */
import { formatInterval } from '../../../catalog/time.ts';
import { type ExpressionNode, limitOf, type ModifierNode, type QueryNode } from '../ast.ts';
import type { Column } from '../scope.ts';
import { nativeType } from '../types.ts';
import { Conditions, NoNativeForm, nameOf } from './conditions.ts';
import { aggregationOf, type Output, sameExpression, timeUnitOf } from './outputs.ts';

type Json = Readonly<Record<string, unknown>>;

export interface NativePlan {
  readonly query: Json;
  readonly signature: readonly Json[];
  readonly columnMappings: readonly Json[];
}

export interface Planned {
  /** The columns of a dataSource; undefined where there is none of that name. */
  readonly columnsOf: (dataSource: string) => readonly Column[] | undefined;
  /** Names of the query's own columns. */
  readonly names: readonly string[];
  /** Of the request. */
  readonly context: Json;
}

/** Undefined where Druid's native query cannot be told. */
export function nativePlan(node: QueryNode, planned: Planned): NativePlan | undefined {
  try {
    return new Planner(node, planned).plan();
  } catch (error) {
    if (error instanceof NoNativeForm) return undefined;
    throw error;
  }
}

class Planner {
  readonly #node: QueryNode;
  readonly #planned: Planned;
  readonly #types: ReadonlyMap<string, string>;
  readonly #items: readonly ExpressionNode[];
  readonly #modifiers: Modifiers;

  constructor(node: QueryNode, planned: Planned) {
    const columns = planned.columnsOf(tableNameOf(node));
    if (!columns) throw new NoNativeForm();
    this.#node = node;
    this.#planned = planned;
    this.#types = new Map(columns.map(({ name, expr }) => [name, nativeType(expr)]));
    this.#items = (node.select_list ?? []).flatMap((item) =>
      item.class === 'STAR' && !item.relation_name ? columns.map(({ name }) => columnRef(name)) : [item],
    );
    this.#modifiers = modifiersOf(node.modifiers ?? []);
  }

  plan(): NativePlan {
    const conditions = new Conditions((name) => this.#types.get(name));
    const { filter, ...interval } = conditions.rows(this.#node.where_clause);
    const keyCount = this.#keyCount();
    const keys = this.#items.slice(0, keyCount);
    const isConstant = (name: string | undefined) => name !== undefined && conditions.constants.has(name);
    const aggregated = keyCount > 0 || !this.#items.every((item) => nameOf(item) !== undefined);
    if ((aggregated ? keys : this.#items).some((item) => isConstant(nameOf(item)))) throw new NoNativeForm();
    const base: Base = {
      dataSource: { type: 'table', name: tableNameOf(this.#node) },
      intervals: { type: 'intervals', intervals: [formatInterval(interval)] },
      filter,
    };
    if (!aggregated) return this.#scan(base);
    const typeOf = (name: string) => (isConstant(name) ? undefined : this.#types.get(name));
    const aggregations = this.#items.slice(keyCount).map((item, i) => aggregationOf(item, `a${i}`, typeOf, conditions));
    const written = aggregations.map(({ json: { name, aggregator, ...json } }) => JSON.stringify(json));
    if (new Set(written).size < written.length) throw new NoNativeForm();
    const unit = keyCount === 1 ? timeUnitOf(keys[0] as ExpressionNode) : undefined;
    if (keyCount === 0 || unit) return this.#timeseries(base, aggregations, unit);
    return this.#grouped(
      base,
      keys.map((key, i) => this.#dimension(key, i)),
      aggregations,
    );
  }

  #scan(base: Base): NativePlan {
    const names = this.#items.map((item) => nameOf(item) as string);
    const { limit, orders } = this.#modifiers;
    const [order, more] = orders;
    if (new Set(names).size < names.length || more || names.some((name) => !this.#types.has(name)))
      throw new NoNativeForm();
    if (order && (this.#place(order.expression) !== names.indexOf('__time') || !names.includes('__time')))
      throw new NoNativeForm();
    const outputs = names.map((name): Output => ({ name, type: this.#types.get(name) as string, json: {} }));
    const query = {
      queryType: 'scan',
      dataSource: base.dataSource,
      intervals: base.intervals,
      resultFormat: 'compactedList',
      limit,
      order: order && (order.descending ? 'descending' : 'ascending'),
      filter: base.filter,
      columns: names,
      context: this.#context(),
      columnTypes: outputs.map(({ type }) => type),
      granularity: { type: 'all' },
      legacy: false,
    };
    return this.#plan(query, outputs);
  }

  #timeseries(base: Base, aggregations: readonly Output[], unit: string | undefined): NativePlan {
    const { limit, orders } = this.#modifiers;
    if (limit !== undefined || orders.length > 0) throw new NoNativeForm();
    const query = {
      queryType: 'timeseries',
      dataSource: base.dataSource,
      intervals: base.intervals,
      filter: base.filter,
      granularity: unit ?? { type: 'all' },
      aggregations: aggregations.length > 0 ? aggregations.map(({ json }) => json) : undefined,
      context: this.#context(unit ? { skipEmptyBuckets: true, timestampResultField: 'd0' } : {}),
    };
    const key: Output = { name: 'd0', type: 'LONG', json: {} };
    return this.#plan(query, unit ? [key, ...aggregations] : aggregations);
  }

  #grouped(base: Base, dimensions: readonly Output[], aggregations: readonly Output[]): NativePlan {
    const outputs = [...dimensions, ...aggregations];
    const { limit, orders } = this.#modifiers;
    const columns = orders.map(({ expression, descending }) => {
      const output = outputs[this.#place(expression)] as Output;
      return { output, descending };
    });
    const [dimension, second] = dimensions;
    const [order, more] = columns;
    // Groups come in the order of their dimensions anyway, which the planner knows.
    if (order && dimensions.includes(order.output)) throw new NoNativeForm();
    const isTop = limit !== undefined && !second && !more && dimension && order?.descending;
    if (isTop) {
      if (this.#planned.context.useApproximateTopN !== undefined) throw new NoNativeForm();
      const query = {
        queryType: 'topN',
        dataSource: base.dataSource,
        dimension: dimension.json,
        metric: { type: 'numeric', metric: order.output.name },
        threshold: limit,
        intervals: base.intervals,
        filter: base.filter,
        granularity: { type: 'all' },
        aggregations: aggregations.map(({ json }) => json),
        context: this.#context(),
      };
      return this.#plan(query, outputs);
    }
    // With a limit the planner may change from one kind of query to another.
    if (limit !== undefined && (!second || !order)) throw new NoNativeForm();
    const query = {
      queryType: 'groupBy',
      dataSource: base.dataSource,
      intervals: base.intervals,
      filter: base.filter,
      granularity: { type: 'all' },
      dimensions: dimensions.map(({ json }) => json),
      aggregations: aggregations.length > 0 ? aggregations.map(({ json }) => json) : undefined,
      limitSpec: order
        ? {
            type: 'default',
            columns: columns.map(({ output, descending }) => ({
              dimension: output.name,
              direction: descending ? 'descending' : 'ascending',
              dimensionOrder: { type: output.type === 'STRING' ? 'lexicographic' : 'numeric' },
            })),
            limit,
          }
        : { type: 'NoopLimitSpec' },
      context: this.#context(),
    };
    return this.#plan(query, outputs);
  }

  #plan(query: Json, outputs: readonly Output[]): NativePlan {
    return {
      query,
      signature: outputs.map(({ name, type }) => ({ name, type })),
      columnMappings: outputs.map(({ name }, i) => ({ queryColumn: name, outputColumn: this.#planned.names[i] })),
    };
  }

  #dimension(key: ExpressionNode, index: number): Output {
    const column = nameOf(key);
    const type = column === undefined ? undefined : this.#types.get(column);
    if (type !== 'STRING' && (type !== 'LONG' || column === '__time')) throw new NoNativeForm();
    const name = `d${index}`;
    return { name, type, json: { type: 'default', dimension: column, outputName: name, outputType: type } };
  }

  /** How many of the SELECT list's first entries are what rows are grouped by, in that order. */
  #keyCount(): number {
    const { group_expressions: keys = [], group_sets: sets = [] } = this.#node;
    const inOrder = keys.every((key, i) => this.#place(key) === i);
    if (sets.length > 1 || !inOrder) throw new NoNativeForm();
    return keys.length;
  }

  /** Which entry of the SELECT list is meant: by its number, its name, or in the same words. */
  #place(node: ExpressionNode): number {
    const name = nameOf(node);
    const ordinal = node.class === 'CONSTANT' ? Number(node.value?.value) - 1 : -1;
    const named = name === undefined ? -1 : this.#planned.names.indexOf(name);
    const same = this.#items.findIndex((item) => sameExpression(item, node));
    const place = [ordinal, named, same].find((index) => index >= 0 && index < this.#items.length);
    if (place === undefined) throw new NoNativeForm();
    return place;
  }

  #context(more: Json = {}): Json {
    const all = Object.entries({ ...this.#planned.context, ...more });
    return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

interface Base {
  readonly dataSource: Json;
  readonly intervals: Json;
  readonly filter: Json | undefined;
}

interface Modifiers {
  readonly orders: readonly { readonly expression: ExpressionNode; readonly descending: boolean }[];
  readonly limit: number | undefined;
}

/** Throws {@link NoNativeForm} for what is more than one plain table. */
function tableNameOf({
  type,
  from_table: from,
  cte_map,
  having,
  qualify,
  sample,
  aggregate_handling,
}: QueryNode): string {
  const isPlain = type === 'SELECT_NODE' && !cte_map?.map?.length && !having && !qualify && !sample;
  const isTable = from?.type === 'BASE_TABLE' && !from.alias && (from.schema_name ?? 'druid') === 'druid';
  if (!isPlain || !isTable || aggregate_handling === 'FORCE_AGGREGATES' || !from.table_name) throw new NoNativeForm();
  return from.table_name;
}

function modifiersOf(modifiers: readonly ModifierNode[]): Modifiers {
  let limit: number | undefined;
  const orders: Modifiers['orders'][number][] = [];
  for (const modifier of modifiers) {
    const rows = limitOf(modifier);
    if (rows !== undefined && !modifier.offset) limit = rows;
    else if (modifier.type === 'ORDER_MODIFIER')
      for (const { type, null_order, expression } of modifier.orders ?? []) {
        if (null_order !== 'ORDER_DEFAULT') throw new NoNativeForm();
        orders.push({ expression, descending: type === 'DESCENDING' });
      }
    else throw new NoNativeForm();
  }
  return { orders, limit };
}

const columnRef = (name: string): ExpressionNode => ({ class: 'COLUMN_REF', type: 'COLUMN_REF', column_names: [name] });

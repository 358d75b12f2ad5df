/** The tree of a SELECT, a set operation or VALUES → one statement of the engine. */

import { neverEmpty } from '../../catalog/multi-value.ts';
import type { MillraceError } from '../../errors.ts';
import { and, ident, join, type Sql, sql } from '../../sql.ts';
import type { ExpressionNode, ModifierNode, QueryNode } from './ast.ts';
import { hasAggregate } from './calls.ts';
import { lacks, mistake, type SqlContext } from './context.ts';
import { type GroupedSelect, misplacedIn } from './engine-mistake.ts';
import { ExpressionCompiler } from './expression.ts';
import { FromCompiler } from './from.ts';
import { type Column, type CompiledQuery, columnsOf, outputColumn, type Relation, type Scope } from './scope.ts';
import { besideOf, type Expr, inType, resultType, varchar } from './types.ts';

export class QueryCompiler {
  readonly #context: SqlContext;
  readonly #expressions: ExpressionCompiler;
  readonly #from: FromCompiler;
  /** What {@link misplaced} looks through. */
  readonly #selects: GroupedSelect[] = [];
  #relations = 0;

  constructor(context: SqlContext) {
    this.#context = context;
    this.#expressions = new ExpressionCompiler(context, (node, scope) => this.#compile(node, scope));
    this.#from = new FromCompiler({
      context,
      expressions: this.#expressions,
      subquery: (node, scope) => this.#compile(node, scope),
      name: (prefix) => this.#name(prefix),
    });
  }

  compile(node: QueryNode): CompiledQuery {
    return this.#compile(node, { relations: [], ctes: new Map() });
  }

  /** Once the engine has refused the statement: what is wrong with its groups or aggregates. */
  misplaced(): MillraceError | undefined {
    for (const select of this.#selects) {
      const found = misplacedIn(select, this.#expressions, this.#context);
      if (found) return found;
    }
    return undefined;
  }

  #name(prefix: string): Sql {
    return ident(`${prefix}${this.#relations++}`);
  }

  #compile(node: QueryNode, outer: Scope): CompiledQuery {
    const { scope, withClause } = this.#ctes(node, outer);
    const query = this.#body(node, scope);
    return { ...query, sql: sql`${withClause}${query.sql}` };
  }

  #body(node: QueryNode, scope: Scope): CompiledQuery {
    if (node.type === 'SELECT_NODE') return this.#select(node, scope);
    if (node.type === 'SET_OPERATION_NODE') return this.#setOperation(node, scope);
    throw lacks(`a query of the kind ${node.type}`);
  }

  #ctes(node: QueryNode, outer: Scope): { scope: Scope; withClause: Sql } {
    let scope: Scope = outer;
    const parts: Sql[] = [];
    for (const { key, value } of node.cte_map?.map ?? []) {
      const query = this.#compile(value.query.node, { relations: [], ctes: scope.ctes });
      const name = this.#name('w');
      parts.push(sql`${name} AS (${query.sql})`);
      const columns = query.columns.map((column, i) => ({
        name: value.aliases?.[i] ?? column.name,
        expr: { ...column.expr, sql: outputColumn(i) },
      }));
      scope = { ...scope, ctes: new Map(scope.ctes).set(key, { sql: sql`SELECT * FROM ${name}`, columns }) };
    }
    return { scope, withClause: parts.length === 0 ? sql`` : sql`WITH ${join(parts)} ` };
  }

  #select(node: QueryNode, outer: Scope): CompiledQuery {
    if (node.sample || node.qualify || node.aggregate_handling === 'FORCE_AGGREGATES')
      throw mistake(this.#context, {}, "SAMPLE, QUALIFY and GROUP BY ALL are not part of Druid's SQL");
    const from = this.#from.compile(node.from_table, outer);
    const inner: Scope = { relations: from.relations, ctes: outer.ctes, outer };
    const where = node.where_clause
      ? sql` WHERE ${this.#expressions.condition(node.where_clause, inner, 'WHERE')}`
      : sql``;
    const items = distinctNames((node.select_list ?? []).flatMap((item) => this.#items(item, from.relations)));
    const grouping = this.#grouping(node, items, inner);
    const { scope } = grouping;
    this.#selects.push({
      nodes: [...items.flatMap((item) => item.node ?? []), ...(node.having ? [node.having] : [])],
      where: node.where_clause,
      scope,
      keys: grouping.keys,
    });
    const outputs = items.map(({ name, node: item, column }, i): Column => {
      const key = item && scope.singles?.size ? this.#expressions.compile(item, inner) : column?.expr;
      const expr = item ? this.#expressions.compile(item, scope) : (column as Column).expr;
      const single = (key && scope.singles?.get(key.sql.text)) ?? expr;
      if (single.type === 'INTERVAL') throw mistake(this.#context, item ?? {}, 'An INTERVAL cannot be a result');
      return { name: name ?? `EXPR$${i}`, expr: single.type === 'NULL' ? varchar(sql`NULL::VARCHAR`) : single };
    });
    const aliases = new Map(outputs.map((output) => [output.name, output.expr]));
    // An alias counts where it cannot be meant as the argument of an aggregate, as in Calcite.
    const havingScope = node.having && !hasAggregate(node.having) ? { ...scope, aliases } : scope;
    const conditions = node.having ? [this.#expressions.condition(node.having, havingScope, 'HAVING')] : [];
    // Without rows there is no group of (), where Druid has several sets.
    if (grouping.isOfSets) conditions.push(sql`count(*) > 0`);
    const having = conditions.length > 0 ? sql` HAVING ${and(conditions)}` : sql``;
    const tail = this.#modifiers(node.modifiers ?? [], outputs, scope);
    const list = join(outputs.map(({ expr }, i) => sql`${expr.sql} AS ${outputColumn(i)}`));
    const source = from.sql ? sql` FROM ${join([from.sql, ...grouping.unnested], ', ')}` : sql``;
    return {
      sql: sql`SELECT ${tail.distinct}${list}${source}${where}${grouping.sql}${having}${tail.sql}`,
      columns: outputs.map(({ name, expr }, i) => ({ name, expr: outward(expr, outputColumn(i)) })),
    };
  }

  /** Entries of a SELECT list; a star is all columns. */
  #items(node: ExpressionNode, relations: readonly Relation[]): Item[] {
    if (node.class !== 'STAR') return [{ name: node.alias || nameOf(node), node }];
    const foreign = [node.exclude_list, node.replace_list, node.rename_list].some(
      (list) => list && JSON.stringify(list) !== '[]',
    );
    if (node.columns || foreign) throw mistake(this.#context, node, "only a plain * is part of Druid's SQL");
    const wanted = node.relation_name ? relations.filter(({ alias }) => alias === node.relation_name) : relations;
    if (wanted.length === 0)
      throw mistake(
        this.#context,
        node,
        node.relation_name ? `Table '${node.relation_name}' not found` : 'Expected a FROM for the *',
      );
    return wanted.flatMap(({ columns }) =>
      columns.filter(({ merged }) => !merged).map((column) => ({ name: column.name, column })),
    );
  }

  #grouping(node: QueryNode, items: readonly Item[], scope: Scope): Grouping {
    const singles = new Map<string, Expr>();
    const unnested: Sql[] = [];
    const grouped: Scope = { ...scope, singles };
    const exprs = this.#groupKeys(node, items, scope);
    const keys = exprs.map((key) => {
      if (!key.multiValue) return key.sql;
      const same = singles.get(key.sql.text);
      if (same) return same.sql;
      const name = this.#name('u');
      const list = neverEmpty(key.sql);
      unnested.push(sql`LATERAL (SELECT unnest(${list}) AS v) AS ${name}`);
      const single = varchar(sql`${name}.v`);
      singles.set(key.sql.text, single);
      return single.sql;
    });
    const sets = node.group_sets ?? [];
    if (keys.length === 0) return { sql: sql``, unnested, scope: grouped };
    const found = {
      keys: new Set(keys.map(({ text }) => text)),
      unnested,
      scope: { ...grouped, groupKeys: keys },
    };
    if (sets.length <= 1) {
      const quick = exprs.map((expr, i) => besideOf(expr, 'numbered') ?? (keys[i] as Sql));
      return { sql: sql` GROUP BY ${join(quick)}`, ...found };
    }
    const written = sets.map((set) => sql`(${join(set.map((index) => keys[index] as Sql))})`);
    return { sql: sql` GROUP BY GROUPING SETS (${join(written)})`, ...found, isOfSets: true };
  }

  #groupKeys(node: QueryNode, items: readonly Item[], scope: Scope): Expr[] {
    if (node.group_expressions) return node.group_expressions.map((key) => this.#groupKey(key, items, scope));
    // Different rows are groups, which are by the single values of multi-value dimensions.
    if (!node.modifiers?.some(({ type }) => type === 'DISTINCT_MODIFIER')) return [];
    const all = items.map(
      ({ node: item, column }) => column?.expr ?? this.#expressions.compile(item as ExpressionNode, scope),
    );
    return all.some(({ multiValue }) => multiValue) ? all : [];
  }

  #groupKey(node: ExpressionNode, items: readonly Item[], scope: Scope): Expr {
    const ordinal = ordinalOf(node);
    const item = ordinal === undefined ? undefined : items[ordinal - 1];
    if (ordinal !== undefined && !item) throw mistake(this.#context, node, 'Ordinal out of range');
    if (item?.column) return item.column.expr;
    return this.#expressions.compile(item?.node ?? node, scope);
  }

  #modifiers(modifiers: readonly ModifierNode[], outputs: readonly Column[], scope: Scope): Tail {
    let [distinct, order, limit] = [sql``, sql``, sql``];
    for (const modifier of modifiers) {
      if (modifier.type === 'DISTINCT_MODIFIER') {
        if (modifier.distinct_on_targets?.length)
          throw mistake(this.#context, {}, "DISTINCT ON is not part of Druid's SQL");
        distinct = sql`DISTINCT `;
      } else if (modifier.type === 'ORDER_MODIFIER') {
        const aliases = new Map(outputs.map(({ name, expr }) => [name, expr]));
        const place = (node: ExpressionNode) => this.#place(node, outputs);
        order = sql` ORDER BY ${this.#expressions.orders(modifier.orders ?? [], { ...scope, aliases }, place)}`;
      } else if (modifier.type === 'LIMIT_MODIFIER') {
        const rows = (node: ExpressionNode | undefined, word: Sql) =>
          node ? sql`${word}${this.#rowCount(node, scope)}` : sql``;
        limit = sql`${rows(modifier.limit, sql` LIMIT `)}${rows(modifier.offset, sql` OFFSET `)}`;
      } else throw mistake(this.#context, {}, `${modifier.type} is not part of Druid's SQL`);
    }
    return { distinct, sql: sql`${order}${limit}` };
  }

  /** Which output column an entry of ORDER BY is, by its number or its name. */
  #place(node: ExpressionNode, outputs: readonly Column[]): Sql | undefined {
    const ordinal = ordinalOf(node);
    if (ordinal !== undefined) {
      if (ordinal < 1 || ordinal > outputs.length) throw mistake(this.#context, node, 'Ordinal out of range');
      return sql`${ordinal}`;
    }
    const name = node.class === 'COLUMN_REF' && node.column_names?.length === 1 ? node.column_names[0] : undefined;
    const index = name === undefined ? -1 : outputs.findIndex((column) => column.name === name);
    return index < 0 ? undefined : sql`${index + 1}`;
  }

  #rowCount(node: ExpressionNode, scope: Scope): Sql {
    const { literal } = this.#expressions.compile(node, scope);
    // LIMIT ALL.
    if (literal === null) return sql`NULL`;
    if (typeof literal !== 'bigint' || literal < 0n) throw mistake(this.#context, node, 'Expected a number of rows');
    return sql`${literal}`;
  }

  #setOperation(node: QueryNode, scope: Scope): CompiledQuery {
    const sides = [node.left, node.right].map((side) => this.#compile(side as QueryNode, scope));
    const [left, right] = sides as [CompiledQuery, CompiledQuery];
    const kind = node.setop_type ?? '';
    const words = setOperations[kind];
    if (!words) throw lacks(`the set operation ${kind}`);
    if (left.columns.length !== right.columns.length)
      throw mistake(this.#context, {}, `Column count mismatch in ${kind}`);
    const columns = left.columns.map((column, i): Column => {
      const type = resultType([column.expr, (right.columns[i] as Column).expr]);
      if (type === undefined) throw mistake(this.#context, {}, `Type mismatch in column ${i + 1} of ${kind}`);
      return { name: column.name, expr: { ...column.expr, type, sql: outputColumn(i) } };
    });
    const parts = sides.map((side) => {
      const name = this.#name('s');
      const values = columnsOf(side, name).map(
        ({ expr }, i) =>
          sql`${inType(expr, (columns[i] as Column).expr.type, this.#context.zone)} AS ${outputColumn(i)}`,
      );
      return sql`SELECT ${join(values)} FROM (${side.sql}) AS ${name}`;
    });
    const union = join(parts, node.setop_all === false ? ` ${words} ` : ` ${words} ALL `);
    const tail = this.#modifiers(node.modifiers ?? [], columns, scope);
    return { sql: sql`SELECT ${tail.distinct}* FROM (${union}) AS ${this.#name('s')}${tail.sql}`, columns };
  }
}

const setOperations: Readonly<Record<string, string>> = { UNION: 'UNION', EXCEPT: 'EXCEPT', INTERSECT: 'INTERSECT' };

interface Item {
  readonly name: string | undefined;
  readonly node?: ExpressionNode;
  /** Of a star. */
  readonly column?: Column;
}

interface Grouping {
  readonly sql: Sql;
  readonly keys?: ReadonlySet<string>;
  /** Relations to be added to FROM. */
  readonly unnested: readonly Sql[];
  readonly scope: Scope;
  readonly isOfSets?: true;
}

interface Tail {
  readonly distinct: Sql;
  readonly sql: Sql;
}

/** Of stars, columns of the same name get numbers behind: `channel`, `channel0`. */
function distinctNames(items: readonly Item[]): Item[] {
  const taken = new Set<string | undefined>();
  return items.map((item) => {
    let name = item.name;
    for (let n = 0; item.column && taken.has(name); n++) name = `${item.name}${n}`;
    taken.add(name);
    return { ...item, name };
  });
}

const nameOf = ({ class: kind, column_names }: ExpressionNode): string | undefined =>
  kind === 'COLUMN_REF' ? column_names?.at(-1) : undefined;

function ordinalOf({ class: kind, value }: ExpressionNode): number | undefined {
  const whole = kind === 'CONSTANT' && (value?.type.id === 'INTEGER' || value?.type.id === 'BIGINT');
  return whole ? Number(value?.value) : undefined;
}

/** As others see it: no literal any more. */
function outward({ type, native, multiValue }: Expr, column: Sql): Expr {
  return { sql: column, type, ...(native ? { native } : {}), ...(multiValue ? { multiValue } : {}) };
}

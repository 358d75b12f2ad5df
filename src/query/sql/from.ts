/** FROM: tables, subqueries, VALUES and their joins. */
import { type MillraceError, nearestWord } from '../../errors.ts';
import { and, join, type Sql, sql } from '../../sql.ts';
import type { ExpressionNode, QueryNode, TableNode } from './ast.ts';
import { mistake, type SqlContext } from './context.ts';
import type { ExpressionCompiler } from './expression.ts';
import { nullLiteral } from './literals.ts';
import { type Column, type CompiledQuery, columnsOf, outputColumn, type Relation, type Scope } from './scope.ts';
import { appended, unnestedList } from './table-functions.ts';
import { schemas, tableOf } from './tables.ts';
import { commonType, type Expr, inType, type SqlType } from './types.ts';

interface Parts {
  readonly context: SqlContext;
  readonly expressions: ExpressionCompiler;
  readonly subquery: (node: QueryNode, scope: Scope) => CompiledQuery;
  /** A name that nothing else in the statement has. */
  readonly name: (prefix: string) => Sql;
}

export interface From {
  /** Undefined without FROM. */
  readonly sql: Sql | undefined;
  readonly relations: readonly Relation[];
}

const joinTypes: Readonly<Record<string, Sql>> = {
  INNER: sql`INNER JOIN`,
  LEFT: sql`LEFT JOIN`,
  RIGHT: sql`RIGHT JOIN`,
  FULL: sql`FULL JOIN`,
};

export class FromCompiler {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** `beside`: what stands to its left, which an UNNEST sees. */
  compile(node: TableNode | undefined, scope: Scope, beside: readonly Relation[] = []): From {
    if (!node || node.type === 'EMPTY') return { sql: undefined, relations: [] };
    if (node.sample || node.at_clause) throw mistake(this.#parts.context, node, "not part of Druid's SQL");
    switch (node.type) {
      case 'BASE_TABLE':
        return this.#named(this.#table(node, scope), node, node.table_name);
      case 'SUBQUERY':
        return this.#named(this.#parts.subquery((node.subquery as { node: QueryNode }).node, innerScope(scope)), node);
      case 'EXPRESSION_LIST':
        return this.#named(this.#values(node, scope), node);
      case 'JOIN':
        return this.#join(node, scope, beside);
      case 'TABLE_FUNCTION':
        return this.#function(node, scope, beside);
      default:
        throw mistake(this.#parts.context, node, `${node.type} is not part of Druid's SQL`);
    }
  }

  #named(query: CompiledQuery, node: TableNode, ownName?: string): From {
    const name = this.#parts.name('t');
    const [aliases, { columns: all }] = [node.column_name_alias, query];
    if (aliases?.length && aliases.length !== all.length) {
      const names = all.map((column) => `'${column.name}'`).join(', ');
      const message = `List of column aliases must have same degree as table; table has ${all.length} columns (${names}), whereas alias list has ${aliases.length} columns`;
      throw mistake(this.#parts.context, node, message);
    }
    const columns = columnsOf(query, name, node.column_name_alias);
    return { sql: sql`(${query.sql}) AS ${name}`, relations: [{ alias: node.alias || ownName, columns }] };
  }

  #table(node: TableNode, scope: Scope): CompiledQuery {
    const { context } = this.#parts;
    const name = node.table_name as string;
    const schema = node.schema_name || undefined;
    // `druid.INFORMATION_SCHEMA.TABLES`: Druid's catalog is named druid as well.
    if (node.catalog_name && node.catalog_name !== 'druid')
      throw mistake(context, node, `Object '${node.catalog_name}' not found`);
    const cte = schema === undefined ? scope.ctes.get(name) : undefined;
    const found = cte ?? tableOf(schema, name, context);
    if (found) return found;
    throw unknownTable(context, node, schema, name);
  }

  #values(node: TableNode, scope: Scope): CompiledQuery {
    const { context, expressions } = this.#parts;
    const rows = (node.values ?? []).map((row) => row.map((value) => expressions.compile(value, scope)));
    const columns = (rows[0] ?? []).map((_, i): Column => {
      const type = valuesType(rows.map((row) => row[i] ?? nullLiteral));
      if (type === undefined)
        throw mistake(context, node, 'Values passed to VALUES operator must have compatible types');
      return { name: `EXPR$${i}`, expr: { sql: outputColumn(i), type: type === 'NULL' ? 'VARCHAR' : type } };
    });
    const written = rows.map(
      (row) => sql`(${join(row.map((value, i) => inType(value, (columns[i] as Column).expr.type, context.zone)))})`,
    );
    const list = join(columns.map((_, i) => outputColumn(i)));
    return { sql: sql`SELECT * FROM (VALUES ${join(written)}) AS v(${list})`, columns };
  }

  #function(node: TableNode, scope: Scope, beside: readonly Relation[]): From {
    const { context, expressions, name } = this.#parts;
    const call = node.function as ExpressionNode;
    const called = (call.function_name ?? '').toUpperCase();
    if (called === 'APPEND') return this.#named(appended(call, context), node);
    if (called !== 'UNNEST')
      throw mistake(context, node, `${called} is not supported by requested SQL engine [native]`);
    if (node.with_ordinality) throw mistake(context, node, 'WITH ORDINALITY is not supported');
    const relation = name('t');
    const { list, element } = unnestedList(call, { ...innerScope(scope), relations: beside }, expressions, context);
    const rows = sql`(SELECT unnest(${list}) AS ${outputColumn(0)}) AS ${relation}`;
    const columns = [
      {
        name: node.column_name_alias?.[0] ?? 'EXPR$0',
        expr: { sql: sql`${relation}.${outputColumn(0)}`, type: element },
      },
    ];
    return { sql: beside.length > 0 ? sql`LATERAL ${rows}` : rows, relations: [{ alias: node.alias, columns }] };
  }

  #join(node: TableNode, scope: Scope, beside: readonly Relation[]): From {
    const { context, expressions } = this.#parts;
    const left = this.compile(node.left, scope, beside);
    const right = this.compile(node.right, scope, [...beside, ...left.relations]);
    const relations = [...left.relations, ...right.relations];
    const sides = [left.sql as Sql, right.sql as Sql] as const;
    if (node.ref_type === 'CROSS') return { sql: sql`${sides[0]} CROSS JOIN ${sides[1]}`, relations };
    const kind = joinTypes[node.join_type ?? ''];
    if (!kind) throw mistake(context, node, `${node.join_type} JOIN is not part of Druid's SQL`);
    const natural = node.ref_type === 'NATURAL' ? commonNames(left, right) : undefined;
    if (natural?.length === 0) return { sql: sql`${sides[0]} CROSS JOIN ${sides[1]}`, relations };
    const using = natural ?? node.using_columns ?? [];
    if (using.length > 0) return this.#joinUsing(node, using, kind, [left, right]);
    if (node.ref_type !== 'REGULAR') throw mistake(context, node, `${node.ref_type} JOIN is not part of Druid's SQL`);
    const inner: Scope = { ...innerScope(scope), relations };
    const on = expressions.condition(node.condition as ExpressionNode, inner, 'ON');
    if (on.text.length === 0) throw mistake(context, node, 'Expected a condition of the join');
    return { sql: sql`${sides[0]} ${kind} ${sides[1]} ON ${on}`, relations };
  }

  #joinUsing(node: TableNode, names: readonly string[], kind: Sql, [left, right]: readonly [From, From]): From {
    const equal = names.map((name) => {
      const [a, b] = [left, right].map(({ relations }) => columnNamed(name, relations));
      if (!a || !b) throw mistake(this.#parts.context, node, `Column '${name}' not found in both sides of the join`);
      return sql`${a.expr.sql} = ${b.expr.sql}`;
    });
    const merged = right.relations.map(({ alias, columns }) => ({
      alias,
      columns: columns.map((column) => (names.includes(column.name) ? { ...column, merged: true } : column)),
    }));
    return {
      sql: sql`${left.sql as Sql} ${kind} ${right.sql as Sql} ON ${and(equal)}`,
      relations: [...left.relations, ...merged],
    };
  }
}

function unknownTable(context: SqlContext, node: TableNode, schema: string | undefined, name: string): MillraceError {
  const known = schema === undefined ? [...context.system.names()] : schemas.get(schema)?.(context);
  if (!known) return mistake(context, node, `Object '${schema}' not found${hint(schema ?? '', schemas.keys())}`);
  const within = schema === undefined ? '' : ` within '${schema}'`;
  return mistake(context, node, `Object '${name}' not found${within}${hint(name, known)}`);
}

function hint(name: string, known: Iterable<string>): string {
  const near = nearestWord(name, known);
  return near === undefined ? '' : `; did you mean '${near}'?`;
}

/** A subquery in FROM does not see its neighbours. */
const innerScope = ({ ctes, outer }: Scope): Scope => ({ relations: [], ctes, outer });

/** Of columns that both sides have, in the order of the left one. */
function commonNames(left: From, right: From): string[] {
  const namesOf = ({ relations }: From) => relations.flatMap(({ columns }) => columns.map(({ name }) => name));
  const there = new Set(namesOf(right));
  return [...new Set(namesOf(left))].filter((name) => there.has(name));
}

/** Text and something else do not meet in VALUES, as they do in UNION. */
function valuesType(values: readonly Expr[]): SqlType | undefined {
  const texts = values.filter(({ type }) => type === 'VARCHAR').length;
  const nulls = values.filter(({ type }) => type === 'NULL').length;
  return texts > 0 && texts + nulls < values.length ? undefined : commonType(values);
}

const columnNamed = (name: string, relations: readonly Relation[]): Column | undefined =>
  relations.flatMap(({ columns }) => columns).find((column) => column.name === name && !column.merged);

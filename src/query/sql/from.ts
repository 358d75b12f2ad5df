/** FROM: tables, subqueries, VALUES and their joins. */
import { nearestWord } from '../../errors.ts';
import { and, join, type Sql, sql } from '../../sql.ts';
import type { ExpressionNode, QueryNode, TableNode } from './ast.ts';
import { lacks, mistake, type SqlContext } from './context.ts';
import type { ExpressionCompiler } from './expression.ts';
import { type Column, type CompiledQuery, columnsOf, outputColumn, type Relation, type Scope } from './scope.ts';
import { tableOf } from './tables.ts';
import { commonType, inType, varchar } from './types.ts';

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

  compile(node: TableNode | undefined, scope: Scope): From {
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
        return this.#join(node, scope);
      case 'TABLE_FUNCTION':
        throw lacks('a function in FROM');
      default:
        throw mistake(this.#parts.context, node, `${node.type} is not part of Druid's SQL`);
    }
  }

  #named(query: CompiledQuery, node: TableNode, ownName?: string): From {
    const name = this.#parts.name('t');
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
    const near = nearestWord(name, context.system.names());
    const hint = near === undefined ? '' : `; did you mean '${near}'?`;
    throw mistake(
      context,
      node,
      `Object '${name}' not found${schema === undefined ? '' : ` within '${schema}'`}${hint}`,
    );
  }

  #values(node: TableNode, scope: Scope): CompiledQuery {
    const { context, expressions } = this.#parts;
    const rows = (node.values ?? []).map((row) => row.map((value) => expressions.compile(value, scope)));
    const columns = (rows[0] ?? []).map((_, i): Column => {
      const type = commonType(rows.map((row) => row[i] ?? varchar(sql`NULL`)));
      if (type === undefined) throw mistake(context, node, `Values of column ${i + 1} have different types`);
      return { name: `EXPR$${i}`, expr: { sql: outputColumn(i), type: type === 'NULL' ? 'VARCHAR' : type } };
    });
    const written = rows.map(
      (row) => sql`(${join(row.map((value, i) => inType(value, (columns[i] as Column).expr.type, context.zone)))})`,
    );
    const list = join(columns.map((_, i) => outputColumn(i)));
    return { sql: sql`SELECT * FROM (VALUES ${join(written)}) AS v(${list})`, columns };
  }

  #join(node: TableNode, scope: Scope): From {
    const { context, expressions } = this.#parts;
    const left = this.compile(node.left, scope);
    const right = this.compile(node.right, scope);
    const relations = [...left.relations, ...right.relations];
    const sides = [left.sql as Sql, right.sql as Sql] as const;
    if (node.ref_type === 'CROSS') return { sql: sql`${sides[0]} CROSS JOIN ${sides[1]}`, relations };
    const kind = joinTypes[node.join_type ?? ''];
    if (node.ref_type !== 'REGULAR' || !kind) throw lacks(`a join of the kind ${node.ref_type} ${node.join_type}`);
    if (node.using_columns?.length) return this.#joinUsing(node, kind, left, right);
    const inner: Scope = { ...innerScope(scope), relations };
    const on = expressions.condition(node.condition as ExpressionNode, inner);
    if (on.text.length === 0) throw mistake(context, node, 'Expected a condition of the join');
    return { sql: sql`${sides[0]} ${kind} ${sides[1]} ON ${on}`, relations };
  }

  #joinUsing(node: TableNode, kind: Sql, left: From, right: From): From {
    const names = node.using_columns ?? [];
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

/** A subquery in FROM does not see its neighbours. */
const innerScope = ({ ctes, outer }: Scope): Scope => ({ relations: [], ctes, outer });

const columnNamed = (name: string, relations: readonly Relation[]): Column | undefined =>
  relations.flatMap(({ columns }) => columns).find((column) => column.name === name && !column.merged);

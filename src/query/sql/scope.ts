/** What a name stands for at a place of a query. Users' names never reach the engine: relations are `t0`, `t1`, …, their columns `c0`, …. */
import { nearestWord } from '../../errors.ts';
import { ident, type Sql, sql } from '../../sql.ts';
import { besideOf, type Expr } from './types.ts';

export interface Column {
  readonly name: string;
  /** In terms of the relation that it is of. */
  readonly expr: Expr;
  /** The right side of a USING column: only its relation's name leads to it. */
  readonly merged?: boolean;
}

/** Something in FROM. Its names are case-sensitive, as Druid's are. */
export interface Relation {
  readonly alias: string | undefined;
  readonly columns: readonly Column[];
}

/** A SELECT as a relation that others can read. */
export interface CompiledQuery {
  readonly sql: Sql;
  /** In terms of the SELECT's own output: `c0`, …. */
  readonly columns: readonly Column[];
}

export interface Scope {
  readonly relations: readonly Relation[];
  readonly ctes: ReadonlyMap<string, CompiledQuery>;
  /** The query around a subquery. */
  readonly outer?: Scope | undefined;
  /** Names of the SELECT list, for ORDER BY. */
  readonly aliases?: ReadonlyMap<string, Expr> | undefined;
  /** Multi-value dimensions that are grouped by: the list's SQL → its single value. */
  readonly singles?: ReadonlyMap<string, Expr> | undefined;
  /** What rows are grouped by: they are those of the groups then. */
  readonly groupKeys?: readonly Sql[];
}

/** `c0`, `c1`, …: an output column of a SELECT. */
export const outputColumn = (index: number): Sql => ident(`c${index}`);

/** A query's columns as those of the relation `name`. */
export const columnsOf = (query: CompiledQuery, name: Sql, names?: readonly string[]): readonly Column[] =>
  query.columns.map((column, i) => {
    const value = sql`${name}.${outputColumn(i)}`;
    const minutes = besideOf(column.expr, 'minutes');
    const expr = { ...column.expr, sql: value, ...(minutes && { minutes: { from: sql`${name}.${minutes}`, value } }) };
    return { name: names?.[i] ?? column.name, expr };
  });

/** The column that a name means; a text says why there is none. */
export function resolve(path: readonly string[], scope: Scope): Expr | string {
  const found = resolveHere(path, scope);
  if (found !== undefined) return found;
  if (!scope.outer) return unknownName(path, scope);
  const outside = resolve(path, scope.outer);
  return typeof outside === 'string' ? unknownName(path, scope) : outside;
}

function resolveHere(path: readonly string[], scope: Scope): Expr | string | undefined {
  const name = path.at(-1) as string;
  const table = path.at(-2);
  const alias = table === undefined ? scope.aliases?.get(name) : undefined;
  if (alias) return alias;
  const candidates = scope.relations
    .filter((relation) => table === undefined || relation.alias === table)
    .flatMap(({ columns }) => columns)
    .filter((column) => column.name === name && (table !== undefined || !column.merged));
  if (candidates.length > 1) return `Column '${name}' is ambiguous`;
  const [only] = candidates;
  return only && (scope.singles?.get(only.expr.sql.text) ?? only.expr);
}

function unknownName(path: readonly string[], { relations }: Scope): string {
  const [name, table] = [path.at(-1) as string, path.at(-2)];
  if (table !== undefined && !relations.some(({ alias }) => alias === table)) return `Table '${table}' not found`;
  const near = nearestWord(
    name,
    relations.flatMap(({ columns }) => columns.map((column) => column.name)),
  );
  const hint = near === undefined ? '' : `; did you mean '${near}'?`;
  return table === undefined
    ? `Column '${name}' not found in any table${hint}`
    : `Column '${name}' not found in table '${table}'${hint}`;
}

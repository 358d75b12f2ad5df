/** Druid's SQL: a request → one statement, and how its rows are printed. https://druid.apache.org/docs/latest/querying/sql */

import type { SqlColumn } from '../../backend.ts';
import { validate } from '../../catalog/validate.ts';
import { canonicalZone } from '../../catalog/zone.ts';
import { invalidInput, type MillraceError } from '../../errors.ts';
import { join, sql } from '../../sql.ts';
import type { Plan, Reader } from '../define.ts';
import { parseTree, type QueryNode } from './ast.ts';
import type { SqlContext } from './context.ts';
import { contentTypes, encodedColumn, printRows, typedColumn } from './format.ts';
import { nullLiteral } from './literals.ts';
import type { SystemFacts } from './metadata/facts.ts';
import { QueryCompiler } from './query.ts';
import { parameterOf, requestSchema } from './request.ts';
import { rewriteText, type SqlText, sqlMistake } from './text.ts';
import { type Expr, nativeType, type SqlType } from './types.ts';

export interface SqlPlan {
  readonly plan: Plan;
  readonly contentType: string;
  readonly header: boolean;
  readonly columns: readonly SqlColumn[];
  /** What the parameters are taken as; text where nothing tells. */
  readonly parameters: readonly SqlType[];
  readonly context: { readonly queryId: string | undefined; readonly timeoutMs: number | undefined };
}

export interface SqlPlanContext {
  readonly system: SystemFacts;
  readonly nowMs: number;
  /** `typed`: as {@link SqlOptions}. `none`: only columns and parameters are asked for, which have no values yet. */
  readonly rows?: 'printed' | 'typed' | 'none';
  /** Asks the engine's parser. */
  readonly row: Reader['row'];
}

/** Characters of a query, and of what it compiles to. */
const longest = { query: 1024 * 1024, statement: 4 * 1024 * 1024 };

/** Throws 400 with line and column of a mistake, 501 for what Druid has and millrace lacks. */
export async function planSql(body: unknown, { system, nowMs, row, rows }: SqlPlanContext): Promise<SqlPlan> {
  const request = validate(requestSchema, body, { what: 'request' });
  if (request.query.length > longest.query) throw invalidInput(`the query has more than ${longest.query} characters`);
  const settings = request.context ?? {};
  const zone = canonicalZone(settings.sqlTimeZone ?? 'UTC');
  const text = rewriteText(request.query);
  const tree = await parse(text, row);
  const parameters: SqlType[] = Array.from({ length: text.parameterCount }, () => 'VARCHAR');
  const open = parameters.map((_, i): Expr => ({ ...nullLiteral, takenAs: (type) => (parameters[i] = type) }));
  const context: SqlContext = {
    text,
    system,
    zone,
    nowMs,
    parameters:
      rows === 'none'
        ? open
        : (request.parameters ?? []).map((parameter, i) => parameterOf(parameter ?? { type: 'VARCHAR' }, i, zone)),
    approximateCountDistinct: settings.useApproximateCountDistinct ?? true,
  };
  const query = withinStack(() => new QueryCompiler(context).compile(tree));
  const typed = rows === 'typed';
  const encoded = query.columns.map((column) => (typed ? typedColumn : encodedColumn)(column, zone));
  const list = join(encoded.map((column) => column.sql));
  const outerLimit = settings.sqlOuterLimit == null ? sql`` : sql` LIMIT ${settings.sqlOuterLimit}`;
  const statement = sql`SELECT ${list} FROM (${query.sql}) AS answer${outerLimit}`;
  if (statement.text.length > longest.statement)
    throw invalidInput(`the query compiles to more than ${longest.statement} characters; ask for less at once`);
  const format = typed ? 'arrayLines' : (request.resultFormat as NonNullable<typeof request.resultFormat>);
  const headers = {
    names: !typed && (request.header ?? false),
    types: request.typesHeader ?? false,
    sqlTypes: request.sqlTypesHeader ?? false,
  };
  return {
    plan: { statement, shape: (batches) => printRows(batches, query.columns, { format, headers, encoded }) },
    contentType: contentTypes[format],
    header: headers.names,
    columns: query.columns.map(({ name, expr }) => ({ name, type: expr.type, nativeType: nativeType(expr) })),
    parameters,
    context: {
      queryId: settings.sqlQueryId ?? settings.queryId ?? undefined,
      timeoutMs: settings.timeout ?? undefined,
    },
  };
}

async function parse(text: SqlText, row: Reader['row']): Promise<QueryNode> {
  const [json] = await row(
    sql`SELECT json_serialize_sql(CAST(${text.rewritten} AS VARCHAR), skip_null := true, skip_default := true)`,
  );
  const parsed = parseTree(String(json));
  if (parsed.error) {
    const offset = text.originalOffset(Number(parsed.position ?? 0));
    throw sqlMistake(`Incorrect syntax: ${parsed.error_message}`, text.original, offset);
  }
  const [first, second] = parsed.statements;
  if (!first || second) throw invalidInput(`expected one SELECT, got ${parsed.statements.length}`);
  return first.node;
}

function withinStack<T>(compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (error instanceof RangeError) throw invalidInput('the query is nested too deep, or has too many parts');
    throw error;
  }
}

/** What the engine says of names and types that only it checks, as a mistake of the query's. */
export function asQueryMistake(error: MillraceError): MillraceError {
  const message = error.cause instanceof Error ? error.cause.message : error.message;
  if (error.code !== 'defect' || !/^(?:Binder|Catalog|Parser) Error/.test(message)) return error;
  if (/must appear in the GROUP BY clause/.test(message))
    return invalidInput('An expression of the SELECT list is not being grouped', { cause: error });
  return invalidInput(`The query cannot be run: ${message.split('\n')[0]?.replace(/^\w+ Error: /, '')}`, {
    cause: error,
  });
}

/** Druid's SQL: a request → one statement, and how its rows are printed. https://druid.apache.org/docs/latest/querying/sql */

import type { SqlColumn } from '../../backend.ts';
import { validate } from '../../catalog/validate.ts';
import { canonicalZone } from '../../catalog/zone.ts';
import { invalidInput, type MillraceError } from '../../errors.ts';
import { join, sql } from '../../sql.ts';
import { maxStatementLength, type Plan, type Reader } from '../define.ts';
import { limitOf, type QueryNode } from './ast.ts';
import type { SqlContext } from './context.ts';
import { engineMistake } from './engine-mistake.ts';
import { explained } from './explain.ts';
import { contentTypes, encodedColumn, printRows, typedColumn } from './format.ts';
import { nullLiteral } from './literals.ts';
import type { SystemFacts } from './metadata/facts.ts';
import { nativePlan } from './native/plan.ts';
import { parse } from './parse.ts';
import { QueryCompiler } from './query.ts';
import { contextSchema, parameterOf, requestSchema } from './request.ts';
import type { CompiledQuery } from './scope.ts';
import { tableColumns } from './table-columns.ts';
import { rewriteText } from './text.ts';
import { type Expr, nativeType, type SqlType } from './types.ts';

export interface SqlPlan {
  readonly plan: Plan;
  readonly contentType: string;
  readonly header: boolean;
  readonly columns: readonly SqlColumn[];
  /** What the parameters are taken as; text where nothing tells. */
  readonly parameters: readonly SqlType[];
  /** What the engine says of the query, as a mistake of the query's where it is one. */
  readonly asMistake: (error: MillraceError) => MillraceError;
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

/** Characters. */
const maxQueryLength = 1024 * 1024;

/** Throws 400 with line and column of a mistake, 501 for what Druid has and millrace lacks. */
export async function planSql(body: unknown, { system, nowMs, row, rows }: SqlPlanContext): Promise<SqlPlan> {
  const request = validate(requestSchema, body, { what: 'request' });
  if (request.query.length > maxQueryLength) throw invalidInput(`the query has more than ${maxQueryLength} characters`);
  const text = rewriteText(request.query);
  const settings = validate(contextSchema, { ...request.context, ...text.settings }, { what: 'context' });
  const zone = canonicalZone(settings.sqlTimeZone ?? 'UTC');
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
    sources: new Set(),
    approximateCountDistinct: settings.useApproximateCountDistinct ?? true,
  };
  const compiler = new QueryCompiler(context);
  const compiled = withinStack(() => compiler.compile(tree));
  const native = (node: QueryNode, { columns }: CompiledQuery) => {
    // They change the plan.
    if (zone !== 'UTC' || settings.sqlOuterLimit != null || parameters.length > 0) return undefined;
    return nativePlan(node, {
      columnsOf: (name) => {
        const view = system.table(name);
        return view && tableColumns(view);
      },
      names: columns.map(({ name }) => name),
      context: { ...request.context, ...text.settings },
    });
  };
  const query = text.explain ? explained(compiled, native(tree, compiled), context.sources) : compiled;
  const typed = rows === 'typed';
  const printing = { zone, stringifyArrays: settings.sqlStringifyArrays ?? true };
  const encoded = query.columns.map((column) => (typed ? typedColumn : encodedColumn)(column, printing));
  const list = join(encoded.map((column) => column.sql));
  const outerLimit = settings.sqlOuterLimit == null ? sql`` : sql` LIMIT ${settings.sqlOuterLimit}`;
  const statement = sql`SELECT ${list} FROM (${query.sql}) AS answer${outerLimit}`;
  if (statement.text.length > maxStatementLength)
    throw invalidInput(`the query compiles to more than ${maxStatementLength} characters; ask for less at once`);
  const format = typed ? 'arrayLines' : (request.resultFormat as NonNullable<typeof request.resultFormat>);
  const headers = {
    names: !typed && (request.header ?? false),
    types: request.typesHeader ?? false,
    sqlTypes: request.sqlTypesHeader ?? false,
  };
  return {
    plan: {
      statement,
      mostRows: settings.sqlOuterLimit ?? tree.modifiers?.map(limitOf).find((rows) => rows !== undefined),
      shape: (batches) => printRows(batches, query.columns, { format, headers, encoded }),
    },
    contentType: contentTypes[format],
    header: headers.names,
    columns: query.columns.map(({ name, expr }) => ({ name, type: expr.type, nativeType: nativeType(expr) })),
    parameters,
    asMistake: (error) => withinStack(() => engineMistake(error, () => compiler.misplaced())),
    context: {
      queryId: settings.sqlQueryId ?? settings.queryId ?? undefined,
      timeoutMs: settings.timeout ?? undefined,
    },
  };
}

function withinStack<T>(compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (error instanceof RangeError) throw invalidInput('the query is nested too deep, or has too many parts');
    throw error;
  }
}

/** Mistakes that only the engine sees: names and types are checked before, groups and places of aggregates are not. */
import { invalidInput, type MillraceError } from '../../errors.ts';
import { type ExpressionNode, partsOf } from './ast.ts';
import { isAggregate } from './calls.ts';
import { mistake, type SqlContext } from './context.ts';
import type { ExpressionCompiler } from './expression.ts';
import type { Scope } from './scope.ts';

/** `misplaced` looks for the expression that the engine means. Errors that are no mistakes of a query stay as they are. */
export function engineMistake(error: MillraceError, misplaced: () => MillraceError | undefined): MillraceError {
  const message = error.cause instanceof Error ? error.cause.message : error.message;
  if (error.code !== 'defect' || !/^(?:Binder|Catalog|Parser) Error/.test(message)) return error;
  const [line = ''] = message.split('\n');
  return misplaced() ?? invalidInput(`The query cannot be run: ${line.replace(/^\w+ Error: /, '')}`, { cause: error });
}

/** A SELECT's expressions and what they are grouped by. */
export interface GroupedSelect {
  readonly nodes: readonly ExpressionNode[];
  readonly where: ExpressionNode | undefined;
  readonly scope: Scope;
  /** The keys' SQL; undefined where nothing is grouped. */
  readonly keys: ReadonlySet<string> | undefined;
}

/** The first expression that is no key of the groups and stands outside of aggregates, or an aggregate where none may stand. */
export function misplacedIn(
  { nodes, where, scope, keys }: GroupedSelect,
  expressions: ExpressionCompiler,
  context: SqlContext,
): MillraceError | undefined {
  const inWhere = where && find(where, (node) => isAggregate(node) || node.class === 'WINDOW');
  if (inWhere) {
    const kind = inWhere.class === 'WINDOW' ? 'Windowed aggregate' : 'Aggregate';
    return mistake(context, inWhere, `${kind} expression is illegal in WHERE clause`);
  }
  const findAggregate = (node: ExpressionNode) => find(node, isAggregate);
  const aggregates = nodes.map(findAggregate);
  for (const aggregate of aggregates) {
    const nested =
      aggregate &&
      partsOf(aggregate)
        .map(findAggregate)
        .find((found) => found !== undefined);
    if (nested) return mistake(context, aggregate, 'Aggregate expressions cannot be nested');
  }
  const groups = keys ?? (aggregates.some((found) => found !== undefined) ? new Set<string>() : undefined);
  if (!groups) return undefined;
  const isKey = (node: ExpressionNode) => groups.has(expressions.compile(node, scope).sql.text);
  const bare = (node: ExpressionNode): ExpressionNode | undefined => {
    if (isAggregate(node) || node.class === 'SUBQUERY' || node.class === 'CONSTANT' || isKey(node)) return undefined;
    if (node.class === 'COLUMN_REF') return node;
    return partsOf(node)
      .map(bare)
      .find((found) => found !== undefined);
  };
  const found = nodes.map(bare).find((node) => node !== undefined);
  return found && mistake(context, found, `Expression '${found.column_names?.join('.')}' is not being grouped`);
}

function find(node: ExpressionNode, wanted: (node: ExpressionNode) => boolean): ExpressionNode | undefined {
  if (wanted(node)) return node;
  for (const part of partsOf(node)) {
    const found = find(part, wanted);
    if (found) return found;
  }
  return undefined;
}

/** What compiling a query knows beside its tree. */
import type { MillraceError } from '../../errors.ts';
import { unsupported } from '../../errors.ts';
import { type ExpressionNode, partsOf, type TableNode } from './ast.ts';
import type { SystemFacts } from './metadata/facts.ts';
import { type SqlText, sqlMistake } from './text.ts';
import type { Expr } from './types.ts';

export interface SqlContext {
  readonly text: SqlText;
  /** The tables, and what there is to tell about them. */
  readonly system: SystemFacts;
  /** `sqlTimeZone`. */
  readonly zone: string;
  readonly nowMs: number;
  /** Literals for the question marks. */
  readonly parameters: readonly Expr[];
  /** Gathers the dataSources that the query reads. */
  readonly sources: Set<string>;
  readonly approximateCountDistinct: boolean;
}

type Placed = Partial<ExpressionNode> | TableNode;

/** A mistake, with the line and column of what it is about. */
export function mistake({ text }: SqlContext, node: Placed, message: string): MillraceError {
  const start = text.originalOffset(locationOf(node));
  return sqlMistake(message, text.original, start, text.originalEnd(start));
}

/** A mistake about the last part of a name, `b` of `a.b`. */
export function nameMistake(context: SqlContext, node: ExpressionNode, message: string): MillraceError {
  const { text } = context;
  const end = text.originalEnd(text.originalOffset(locationOf(node)));
  const start = text.originalStart(end);
  return /^Table /.test(message) ? mistake(context, node, message) : sqlMistake(message, text.original, start, end);
}

/** Operators have no place of their own in the tree: theirs is that of their first operand. */
const locationOf = (node: Placed): number =>
  node.query_location ?? ('class' in node ? firstLocation(node as ExpressionNode) : 0);

function firstLocation(node: ExpressionNode): number {
  const places = partsOf(node).map((part) => part.query_location ?? firstLocation(part));
  return places.length === 0 ? 0 : Math.min(...places);
}

export const lacks = (what: string): MillraceError => unsupported(`${what} is not supported yet`);

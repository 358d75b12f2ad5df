/** What compiling a query knows beside its tree. */
import type { MillraceError } from '../../errors.ts';
import { unsupported } from '../../errors.ts';
import type { ExpressionNode, TableNode } from './ast.ts';
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
  readonly approximateCountDistinct: boolean;
}

type Placed = Pick<ExpressionNode | TableNode, 'query_location'>;

/** A mistake, with the line and column of what it is about. */
export const mistake = ({ text }: SqlContext, node: Placed, message: string): MillraceError =>
  sqlMistake(message, text.original, text.originalOffset(node.query_location ?? 0));

export const lacks = (what: string): MillraceError => unsupported(`${what} is not supported yet`);

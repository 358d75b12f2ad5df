/** The condition of a join, taken apart. https://druid.apache.org/docs/latest/querying/datasource#join */
import { invalidInput } from '../../errors.ts';
import type { Scope, Value } from '../define.ts';
import { columnsOf, compileParsed } from './index.ts';
import { type Node, parseExpression } from './syntax.ts';

export interface Equality {
  /** Over the columns of the left side. */
  left(scope: Scope): Value;
  /** A column of the right side, without the prefix. */
  readonly right: string;
  /** `notdistinctfrom`: null equals null. */
  readonly nullsEqual: boolean;
}

/**
 * Equalities, all of which must hold, between an expression over the left side and a column of the right side, whose names begin
 * with the prefix; or whether every row matches every other, where the condition is a number. Throws `invalidInput` for anything else.
 */
export function joinCondition(text: string, prefix: string): readonly Equality[] | boolean {
  const tree = parseExpression(text);
  if (tree.kind === 'literal' && typeof tree.value !== 'string' && tree.value !== null) return Number(tree.value) > 0;
  return conjuncts(tree).map((node) => {
    const [one, other] = sidesOf(node) ?? [];
    const found = one && other && (equality(one, other) ?? equality(other, one));
    if (found) return { ...found, nullsEqual: node.kind === 'call' };
    throw invalidInput(
      `join condition ${text}: expected expressions over the left side == columns of the right side ('${prefix}…'), combined by &&`,
    );
  });

  function equality(left: Node, right: Node): Omit<Equality, 'nullsEqual'> | undefined {
    if (right.kind !== 'identifier' || !right.name.startsWith(prefix)) return undefined;
    if (columnsOf(left).some((name) => name.startsWith(prefix))) return undefined;
    return { left: (scope) => compileParsed(text, left, scope), right: right.name.slice(prefix.length) };
  }
}

function conjuncts(node: Node): readonly Node[] {
  if (node.kind !== 'binary' || node.operator !== '&&') return [node];
  return [...conjuncts(node.left), ...conjuncts(node.right)];
}

function sidesOf(node: Node): readonly Node[] | undefined {
  if (node.kind === 'binary' && node.operator === '==') return [node.left, node.right];
  return node.kind === 'call' && node.name.toLowerCase() === 'notdistinctfrom' ? node.args : undefined;
}

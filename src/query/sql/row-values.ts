/** Comparisons of rows, `(a, b) = (1, 2)` and `(a, b) IN ((1, 2), (3, 4))` → comparisons of their parts. */
import type { ExpressionNode } from './ast.ts';

/** Undefined where the node is something else. */
export function withoutRows(node: ExpressionNode): ExpressionNode | undefined {
  if (node.class === 'COMPARISON' && isRow(node.left) && isLike(node.left, node.right)) {
    if (node.type === 'COMPARE_EQUAL') return equal(node, node.left, node.right);
    if (node.type === 'COMPARE_NOTEQUAL') return not(node, equal(node, node.left, node.right));
  }
  const [row, ...options] = node.children ?? [];
  if (!/^COMPARE_(?:NOT_)?IN$/.test(node.type) || !isRow(row) || !options.every((option) => isLike(row, option)))
    return undefined;
  const any = conjunction(
    node,
    'CONJUNCTION_OR',
    options.map((option) => equal(node, row, option)),
  );
  return node.type === 'COMPARE_IN' ? any : not(node, any);
}

const isRow = (node: ExpressionNode | undefined): node is ExpressionNode => node?.function_name === 'row';

/** As long. */
const isLike = (row: ExpressionNode, other: ExpressionNode | undefined): other is ExpressionNode =>
  isRow(other) && other.children?.length === row.children?.length;

type Place = Pick<ExpressionNode, 'query_location'>;

const at = ({ query_location }: Place): Place => (query_location === undefined ? {} : { query_location });

function equal(place: Place, a: ExpressionNode, b: ExpressionNode): ExpressionNode {
  const parts = (a.children ?? []).map((left, i): ExpressionNode => {
    const right = b.children?.[i];
    return { class: 'COMPARISON', type: 'COMPARE_EQUAL', ...at(place), left, ...(right ? { right } : {}) };
  });
  return conjunction(place, 'CONJUNCTION_AND', parts);
}

const conjunction = (place: Place, type: string, children: readonly ExpressionNode[]): ExpressionNode => ({
  class: 'CONJUNCTION',
  type,
  ...at(place),
  children,
});

const not = (place: Place, child: ExpressionNode): ExpressionNode => ({
  class: 'OPERATOR',
  type: 'OPERATOR_NOT',
  ...at(place),
  children: [child],
});

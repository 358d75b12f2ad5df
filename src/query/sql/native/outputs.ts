/** Entries of a SELECT list that are aggregates or times of a bucket, in their native form. */
import type { ExpressionNode } from '../ast.ts';
import { type Conditions, NoNativeForm, nameOf, type TypeOf } from './conditions.ts';

type Json = Readonly<Record<string, unknown>>;

/** A column of the native query's rows. */
export interface Output {
  readonly name: string;
  /** Druid's type. */
  readonly type: string;
  /** The aggregator or dimension spec behind it. */
  readonly json: Json;
}

const reductions: Readonly<Record<string, string>> = { sum: 'Sum', min: 'Min', max: 'Max' };
const numbers: Readonly<Record<string, string>> = { LONG: 'long', DOUBLE: 'double', FLOAT: 'float' };

/** Throws {@link NoNativeForm} for what is no count of rows, sum, minimum or maximum of a column. */
export function aggregationOf(node: ExpressionNode, name: string, typeOf: TypeOf, conditions: Conditions): Output {
  const { class: kind, function_name, distinct, children = [], order_bys } = node;
  if (kind !== 'FUNCTION' || distinct || order_bys?.orders?.length) throw new NoNativeForm();
  const plain = function_name === 'count_star' ? rowCount(name) : reduction(function_name, children, name, typeOf);
  if (!node.filter) return plain;
  return { ...plain, json: { type: 'filtered', aggregator: plain.json, filter: conditions.filter(node.filter), name } };
}

const rowCount = (name: string): Output => ({ name, type: 'LONG', json: { type: 'count', name } });

function reduction(
  verb: string | undefined,
  [argument, more]: readonly ExpressionNode[],
  name: string,
  typeOf: TypeOf,
): Output {
  const fieldName = nameOf(argument);
  const type = (fieldName !== undefined && typeOf(fieldName)) || '';
  const [number, suffix] = [numbers[type], reductions[verb ?? '']];
  if (!number || !suffix || more || fieldName === '__time') throw new NoNativeForm();
  // A sum of floats is a double.
  if (type === 'FLOAT' && verb === 'sum') return { name, type: 'DOUBLE', json: { type: 'doubleSum', name, fieldName } };
  return { name, type, json: { type: `${number}${suffix}`, name, fieldName } };
}

const units = new Set(['MINUTE', 'HOUR', 'DAY', 'MONTH', 'YEAR']);

/** Of `FLOOR(__time TO HOUR)` the unit, which is a granularity. */
export function timeUnitOf({ function_name, children = [] }: ExpressionNode): string | undefined {
  const [time, word, more] = children;
  if (function_name !== 'floor' || nameOf(time) !== '__time' || word?.class !== 'CONSTANT' || more) return undefined;
  const unit = String(word.value?.value).toUpperCase();
  return units.has(unit) ? unit : undefined;
}

/** Whether two expressions are written alike. */
export const sameExpression = (a: ExpressionNode, b: ExpressionNode): boolean => written(a) === written(b);

const written = (node: ExpressionNode): string =>
  JSON.stringify(node, (key, value) => (key === 'query_location' || key === 'alias' ? undefined : value));

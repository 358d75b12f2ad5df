/** Conditions over a table's columns → filters and an interval, as Druid's planner writes them. */
import { eternity, parseInstant } from '../../../catalog/time.ts';
import type { ExpressionNode } from '../ast.ts';

type Json = Readonly<Record<string, unknown>>;

export interface Rows {
  readonly filter: Json | undefined;
  /** Milliseconds; from the start up to but without the end. */
  readonly start: number;
  readonly end: number;
}

/** Of a column its type in Druid; undefined where there is none of that name. */
export type TypeOf = (column: string) => string | undefined;

/** Something that has no native form here. The planner's own is not always the obvious one: what is not sure is left out. */
export class NoNativeForm extends Error {}

const noForm = (): never => {
  throw new NoNativeForm();
};

const comparisons: Readonly<Record<string, (value: unknown) => Json>> = {
  COMPARE_GREATERTHAN: (lower) => ({ lower, lowerOpen: true }),
  COMPARE_GREATERTHANOREQUALTO: (lower) => ({ lower }),
  COMPARE_LESSTHAN: (upper) => ({ upper, upperOpen: true }),
  COMPARE_LESSTHANOREQUALTO: (upper) => ({ upper }),
};

export class Conditions {
  readonly #typeOf: TypeOf;
  /** Columns that were compared. Druid puts several comparisons of one together. */
  readonly #compared = new Set<string>();
  /** Columns of which a row is known to have one certain value: Druid puts it in their place. */
  readonly constants = new Set<string>();

  constructor(typeOf: TypeOf) {
    this.#typeOf = typeOf;
  }

  /** Of WHERE. Throws {@link NoNativeForm}. */
  rows(where: ExpressionNode | undefined): Rows {
    let [start, end] = [eternity.start, eternity.end];
    const filters: Json[] = [];
    for (const part of where?.type === 'CONJUNCTION_AND' ? partsOf(where) : where ? [where] : []) {
      if (part.class === 'COMPARISON' && nameOf(part.left) === '__time') {
        const ms = timeOf(part.right);
        if (part.type === 'COMPARE_GREATERTHAN') start = Math.max(start, ms + 1);
        else if (part.type === 'COMPARE_GREATERTHANOREQUALTO') start = Math.max(start, ms);
        else if (part.type === 'COMPARE_LESSTHAN') end = Math.min(end, ms);
        else if (part.type === 'COMPARE_LESSTHANOREQUALTO') end = Math.min(end, ms + 1);
        else noForm();
      } else {
        if (part.type === 'COMPARE_EQUAL') this.constants.add(nameOf(part.left) ?? '');
        filters.push(this.filter(part));
      }
    }
    if (start >= end) noForm();
    return { filter: filters.length > 0 ? allOf(filters) : undefined, start, end };
  }

  /** Throws {@link NoNativeForm}. */
  filter(node: ExpressionNode): Json {
    const [operand, ...others] = node.children ?? [];
    switch (node.type) {
      case 'COMPARE_EQUAL':
        return this.#equals(node);
      case 'COMPARE_NOTEQUAL':
        return { type: 'not', field: this.#equals(node) };
      case 'COMPARE_BETWEEN': {
        const column = this.#column(node.input);
        const [lower, upper] = [literalOf(node.lower, column.type), literalOf(node.upper, column.type)];
        return { type: 'range', column: column.name, matchValueType: column.type, lower, upper };
      }
      case 'COMPARE_IN': {
        const column = this.#column(operand);
        const values = others.map((value) => literalOf(value, column.type));
        if (values.length < 2 || new Set(values).size < values.length) return noForm();
        const sortedValues = values.sort((a, b) => (a < b ? -1 : 1));
        return { type: 'inType', column: column.name, matchValueType: column.type, sortedValues };
      }
      case 'OPERATOR_IS_NULL':
        return { type: 'null', column: this.#column(operand).name };
      case 'OPERATOR_IS_NOT_NULL':
        return { type: 'not', field: { type: 'null', column: this.#column(operand).name } };
      case 'CONJUNCTION_OR':
        // The planner changes their order.
        if (partsOf(node).some(({ type }) => type === 'COMPARE_IN' || type === 'COMPARE_BETWEEN')) return noForm();
        return { type: 'or', fields: partsOf(node).map((part) => this.filter(part)) };
      case 'CONJUNCTION_AND':
        return allOf(partsOf(node).map((part) => this.filter(part)));
      default:
        return node.function_name === '~~' ? this.#like(node) : this.#range(node);
    }
  }

  #equals({ left, right }: ExpressionNode): Json {
    const { name, type } = this.#column(left);
    return { type: 'equals', column: name, matchValueType: type, matchValue: literalOf(right, type) };
  }

  #range({ type: comparison, left, right }: ExpressionNode): Json {
    const ends = comparisons[comparison] ?? noForm();
    const { name, type } = this.#column(left);
    return { type: 'range', column: name, matchValueType: type, ...ends(literalOf(right, type)) };
  }

  #like({ children = [] }: ExpressionNode): Json {
    const { name, type } = this.#column(children[0]);
    const pattern = literalOf(children[1], 'STRING');
    if (type !== 'STRING' || children.length > 2 || !/[%_]/.test(String(pattern))) noForm();
    return { type: 'like', dimension: name, pattern, escape: null, extractionFn: null };
  }

  #column(node: ExpressionNode | undefined): { readonly name: string; readonly type: string } {
    const name = nameOf(node) ?? noForm();
    const type = this.#typeOf(name) ?? noForm();
    if (name === '__time' || this.#compared.has(name)) noForm();
    this.#compared.add(name);
    return { name, type };
  }
}

/** Of an AND or OR what it is made of, those within it included. */
const partsOf = ({ type, children = [] }: ExpressionNode): readonly ExpressionNode[] =>
  children.flatMap((child) => (child.type === type ? partsOf(child) : [child]));

/** The planner puts those that ask only whether there is a value last. */
function allOf(filters: readonly Json[]): Json {
  if (filters.length === 1) return filters[0] as Json;
  const asksForValue = ({ type, field }: Json) => type === 'not' && (field as Json).type === 'null';
  const others = filters.filter((filter) => !asksForValue(filter));
  return { type: 'and', fields: [...others, ...filters.filter(asksForValue)] };
}

/** The column that an expression is. */
export const nameOf = (node: ExpressionNode | undefined): string | undefined =>
  node?.class === 'COLUMN_REF' && node.column_names?.length === 1 ? node.column_names[0] : undefined;

/** Text for STRING, a whole number for LONG; the planner changes others to the column's type in ways of its own. */
function literalOf(node: ExpressionNode | undefined, type: string): string | number {
  const literal = node?.class === 'CONSTANT' ? node.value?.value : undefined;
  if (type === 'STRING' && typeof literal === 'string') return literal;
  if (type === 'LONG' && Number.isSafeInteger(literal)) return literal as number;
  return noForm();
}

/** Milliseconds of `TIMESTAMP '…'`. */
function timeOf(node: ExpressionNode | undefined): number {
  const isTimestamp = node?.type === 'OPERATOR_CAST' && node.cast_type?.id === 'TIMESTAMP';
  const text = isTimestamp && node.child?.class === 'CONSTANT' ? node.child.value?.value : undefined;
  const ms = typeof text === 'string' ? parseInstant(`${text.replace(' ', 'T')}Z`) : undefined;
  return ms ?? noForm();
}

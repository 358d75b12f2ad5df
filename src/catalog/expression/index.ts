/**
 * Druid's expression language, compiled to SQL.
 * https://druid.apache.org/docs/latest/querying/math-expr
 */
import { and, type Sql, sql } from '../../sql.ts';
import { anyValue, type Scope, type Value } from '../define.ts';
import { asText } from '../numbers.ts';
import { Compilation, type Mapped, mappedOver } from './compile.ts';
import { expressionFunctions } from './functions/index.ts';
import { type ElementType, type Node, parseExpression } from './syntax.ts';
import { asString, isArray, type Typed } from './typed.ts';

/**
 * The expression over the columns of a scope. Fields of events, and columns of type COMPLEX<json>, are values whose type shows
 * in each row: numbers add, texts are joined. Where the result's type depends on that, it is a STRING.
 * Throws `invalidInput` for a mistake, with its place in the text, and `unsupported` for what Druid has and we lack.
 */
export function compileExpression(text: string, scope: Scope): Value {
  return compileParsed(text, parseExpression(text), scope);
}

/** Whether the expression is true, in SQL's three-valued logic; of a multi-value column, whether it is true for one of the values. */
export function compileCondition(text: string, scope: Scope): Sql {
  const not = (operand: Node): Node => ({ kind: 'unary', operator: '!', operand, offset: operand.offset });
  // Twice negated, an expression of any type is 1 or 0 where it is not null.
  const compiled = compileParsed(text, not(not(parseExpression(text))), scope);
  // Of several values that are mapped there is a list.
  const value: Value = compiled.type === 'ARRAY<LONG>' ? { ...compiled, type: 'LONG', multiValue: true } : compiled;
  return anyValue(value, (single) => (value.type === 'LONG' ? sql`(${single} = 1)` : sql`(${single} = '1')`));
}

/** The same of a part of the text's tree. */
export function compileParsed(text: string, tree: Node, scope: Scope): Value {
  if (tree.kind === 'identifier' && !scope.field?.(tree.name)) {
    const column = scope.column(tree.name);
    if (column.multiValue) return column;
  }
  const value = compileTree(text, tree, scope);
  const list = soleList(tree, scope);
  if (!list) return value;
  const each = compileTree(text, tree, { ...scope, field: () => ({ json: sql`v`, mayHoldList: false }) });
  const some = sql`json_type(${list}) = 'ARRAY' AND json_array_length(${list}) > 0`;
  const all = sql`list_transform(json_extract(${list}, '$[*]'), lambda v: ${asText(each).sql})`;
  return { sql: sql`CASE WHEN ${some} THEN ${all} ELSE [${asText(value).sql}] END`, type: 'STRING', multiValue: true };
}

/** Settles the types of JSON values as far as the result depends on them. */
function compileTree(text: string, tree: Node, scope: Scope): Value {
  const known = new Map<string, Sql>();
  for (;;) {
    const variants =
      known.size === 0
        ? [pass(text, tree, scope, known)]
        : assumptions.map((type) => pass(text, tree, scope, known, type));
    const before = known.size;
    for (const { unsettled } of variants) for (const [key, json] of unsettled) known.set(key, json);
    if (known.size === before)
      return known.size === 0 ? (variants[0] as Variant).value : byRow(variants, [...known.values()], scope);
  }
}

/** The one field that an expression reads, if it may hold a list and nothing in the expression works on lists as such. */
function soleList(tree: Node, scope: Scope): Sql | undefined {
  const nodes = nodesOf(tree);
  const [name, ...others] = inputsOf(nodes);
  const field = name === undefined || others.length > 0 ? undefined : scope.field?.(name);
  const asLists = nodes.some(
    (node) => node.kind === 'call' && expressionFunctions.get(node.name.toLowerCase())?.takesLists,
  );
  return field?.mayHoldList && !asLists ? field.json : undefined;
}

/** The columns that an expression reads, each once. */
export function expressionInputs(text: string): readonly string[] {
  return columnsOf(parseExpression(text));
}

/** The same of a part of the text's tree. */
export const columnsOf = (tree: Node): readonly string[] => inputsOf(nodesOf(tree));

function inputsOf(nodes: readonly Node[]): string[] {
  return [...new Set(nodes.flatMap((node) => (node.kind === 'identifier' ? [node.name] : [])))];
}

/** Without a lambda's parameters. */
function nodesOf(node: Node): readonly Node[] {
  if (node.kind === 'lambda') {
    const isParameter = (inner: Node) => inner.kind === 'identifier' && node.params.includes(inner.name);
    return nodesOf(node.body).filter((inner) => !isParameter(inner));
  }
  if (node.kind === 'unary') return [node, ...nodesOf(node.operand)];
  if (node.kind === 'binary') return [node, ...nodesOf(node.left), ...nodesOf(node.right)];
  return node.kind === 'call' ? [node, ...node.args.flatMap(nodesOf)] : [node];
}

/** Throws what {@link compileExpression} would throw, when nothing is known of the columns. */
export function checkExpression(text: string): void {
  compileExpression(text, { time: sql`NULL::TIMESTAMP`, column: () => ({ sql: sql`NULL::VARCHAR`, type: 'STRING' }) });
}

interface Variant {
  readonly value: Value;
  readonly unsettled: ReadonlyMap<string, Sql>;
}

/** Tried in this order for each row: all values whole numbers, all numbers, anything. */
const assumptions = ['LONG', 'DOUBLE', 'STRING'] as const satisfies readonly ElementType[];

function pass(text: string, tree: Node, scope: Scope, known: ReadonlyMap<string, Sql>, type?: ElementType): Variant {
  const compilation = new Compilation(text, scope, known, type);
  const typed = compilation.compile(tree);
  const { mapped, unsettled } = compilation;
  return { value: mapped.length > 0 ? eachOf(mapped, typed) : finished(typed, scope), unsettled };
}

function finished(typed: Typed, scope: Scope): Value {
  if (typed.type === 'LONG' || typed.type === 'DOUBLE' || isArray(typed)) {
    return { sql: typed.sql, type: typed.type as Value['type'] };
  }
  // At ingestion the text of a value is all that is wanted of it.
  if (typed.type === 'ANY' && !scope.field) return { sql: typed.sql, type: 'COMPLEX<json>' };
  return { sql: asString(typed), type: 'STRING' };
}

/** Texts are a multi-value column again, numbers an array. */
function eachOf(mapped: readonly Mapped[], typed: Typed): Value {
  const list = mappedOver(mapped, typed);
  if (list.type !== 'ARRAY<STRING>') return { sql: list.sql, type: list.type as Value['type'] };
  return { sql: list.sql, type: 'STRING', multiValue: true };
}

/** Chooses the variant by the JSON types of a row's values. */
function byRow(variants: readonly Variant[], values: readonly Sql[], scope: Scope): Value {
  const [whole, fractional, other] = variants.map((variant) => variant.value) as [Value, Value, Value];
  const sameType = whole.type === fractional.type && whole.type === other.type;
  const result = (value: Value) => {
    if (sameType) return value.sql;
    return scope.field ? asText(value).sql : sql`to_json(${value.sql})`;
  };
  const all = (types: Sql) => and(values.map((json) => sql`coalesce(json_type(${json}) IN (${types}), true)`));
  const numbers = sql`'UBIGINT', 'BIGINT', 'NULL'`;
  return {
    sql: sql`CASE WHEN ${all(numbers)} THEN ${result(whole)} WHEN ${all(sql`${numbers}, 'DOUBLE'`)} THEN ${result(fractional)} ELSE ${result(other)} END`,
    type: sameType ? whole.type : scope.field ? 'STRING' : 'COMPLEX<json>',
  };
}

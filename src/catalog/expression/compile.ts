/** Tree → typed SQL. */
import { nearestWord } from '../../errors.ts';
import { ident, type Sql, sql } from '../../sql.ts';
import type { Scope } from '../define.ts';
import type { Call } from './function.ts';
import { expressionFunctions, functionGaps } from './functions/index.ts';
import { binary, unary } from './operators.ts';
import type { ElementType, Node } from './syntax.ts';
import { expressionError, expressionGap } from './tokens.ts';
import { arrayOf, asString, asType, combinations, elementType, isArray, literalOf, type Typed } from './typed.ts';

/** Some functions use an argument's SQL more than once, so nesting can explode it. */
const maxSqlLength = 500_000;

/** A multi-value column that stands where a single value is wanted: the expression is computed for each of its values. */
export interface Mapped {
  readonly list: Sql;
  /** Name of the value in the expression. */
  readonly variable: Sql;
}

/** One pass over the tree under an assumption on the types of the values that arrive as JSON. */
export class Compilation {
  /** JSON values on whose type the result depends, found in this pass, by their text. */
  readonly unsettled = new Map<string, Sql>();
  readonly #text: string;
  readonly #scope: Scope;
  readonly #known: ReadonlyMap<string, Sql>;
  readonly #settled: ElementType | undefined;
  /** Of the expression, or of the argument that is being compiled, by the column's name. */
  #mapped = new Map<string, Mapped>();
  /** Parameters of the lambdas around. */
  #variables: ReadonlyMap<string, Typed> = new Map();
  #variableCount = 0;

  /** Where `settled` is given, those of the known unsettled values are of that type. */
  constructor(text: string, scope: Scope, known: ReadonlyMap<string, Sql>, settled: ElementType | undefined) {
    this.#text = text;
    this.#scope = scope;
    this.#settled = settled;
    this.#known = known;
  }

  get mapped(): readonly Mapped[] {
    return [...this.#mapped.values()];
  }

  compile(node: Node): Typed {
    const typed = this.#compile(node);
    if (typed.sql.text.length > maxSqlLength) throw expressionError(this.#text, node.offset, 'too large');
    return typed;
  }

  #compile(node: Node): Typed {
    switch (node.kind) {
      case 'literal':
        return literalOf(node.value);
      case 'array': {
        return arrayOf(node.values.map(literalOf), node.elementType);
      }
      case 'identifier':
        return this.#column(node.name, node.offset);
      case 'unary': {
        const operand = this.#single(node.operand);
        return unary(node.operator, node.operator === '-' ? this.#settle(operand) : operand);
      }
      case 'binary':
        return this.#binary(node);
      case 'call':
        return this.#call(node);
      case 'lambda':
        throw expressionError(this.#text, node.offset, 'a lambda cannot stand here');
    }
  }

  #binary(node: Node & { kind: 'binary' }): Typed {
    const left = this.#single(node.left);
    const right = this.#single(node.right);
    if (node.operator === '&&' || node.operator === '||') return binary(node.operator, left, right);
    // Against a word only the text counts, whatever the type.
    const word = [left, right].some(
      ({ literal }) => typeof literal === 'string' && Number.isNaN(Number(literal || 'x')),
    );
    if (word && node.operator !== '+') return binary(node.operator, asText(left), asText(right));
    return binary(node.operator, this.#settle(left), this.#settle(right));
  }

  #call(node: Node & { kind: 'call' }): Typed {
    const name = node.name.toLowerCase();
    const found = expressionFunctions.get(name);
    if (!found) throw this.#unknownFunction(node, name);
    const [least, most = Number.POSITIVE_INFINITY] = found.arity;
    if (node.args.length < least || node.args.length > most) {
      throw expressionError(
        this.#text,
        node.offset,
        `${found.name} takes (${found.args}), got ${node.args.length} arguments`,
      );
    }
    const args = node.args.map((argument, i) => {
      if (found.takesLambda && i === 0) return this.#lambda(argument);
      return found.takesLists ? this.#list(argument) : this.#single(argument);
    });
    return found.compile(args, this.#callOf(node));
  }

  #unknownFunction(node: Node & { kind: 'call' }, name: string): Error {
    if (functionGaps.has(name)) return expressionGap(this.#text, node.offset, `the function ${node.name}`);
    const near = nearestWord(name, expressionFunctions.keys());
    const hint = near ? `; did you mean '${expressionFunctions.get(near)?.name}'?` : '';
    return expressionError(this.#text, node.offset, `unknown function '${node.name}'${hint}`);
  }

  #callOf(node: Node & { kind: 'call' }): Call {
    const literal = (index: number) => {
      const argument = node.args[index];
      if (argument === undefined) return undefined;
      const negative = argument.kind === 'unary' && argument.operator === '-';
      const inner = negative ? argument.operand : argument;
      if (inner.kind !== 'literal') throw fail(index, 'expected a literal here, not something to compute');
      return negative && typeof inner.value === 'bigint' ? -inner.value : inner.value;
    };
    const offset = (index: number) => (node.args[index] ?? node).offset;
    const fail = (index: number, message: string) => expressionError(this.#text, offset(index), message);
    return {
      lookups: this.#scope,
      fail,
      gap: (index, what) => expressionGap(this.#text, offset(index), what),
      settle: (args) => args.map((argument) => this.#settle(argument)),
      text(index) {
        const value = literal(index);
        if (value === undefined || value === null) return undefined;
        if (typeof value !== 'string') throw fail(index, `expected text in single quotes, got ${value}`);
        return value;
      },
      integer(index) {
        const value = literal(index);
        if (value === undefined || value === null) return undefined;
        if (typeof value !== 'bigint') throw fail(index, `expected a whole number, got ${value}`);
        return Number(value);
      },
    };
  }

  #lambda(node: Node): Typed {
    if (node.kind !== 'lambda')
      throw expressionError(this.#text, node.offset, "expected a lambda such as '(x) -> x + 1'");
    const of = (values: readonly Typed[]) => this.#applied(node, values);
    return { ...literalOf(null), lambda: { variable: () => this.#variable(), of } };
  }

  #applied({ params, body, offset }: Node & { kind: 'lambda' }, values: readonly Typed[]): Typed {
    if (params.length !== values.length) {
      const expected = `expected a lambda of ${values.length} parameters, got ${params.length}`;
      throw expressionError(this.#text, offset, expected);
    }
    const outer = this.#variables;
    this.#variables = new Map([...outer, ...params.map((name, i) => [name, values[i] as Typed] as const)]);
    const result = this.compile(body);
    this.#variables = outer;
    return result;
  }

  /** No column is named so. */
  #variable(): Sql {
    return ident(`λ${this.#variableCount++}`);
  }

  /** An argument that may be a list: what is computed of single values of a multi-value column is the list of that. */
  #list(node: Node): Typed {
    const outer = this.#mapped;
    this.#mapped = new Map();
    const typed = this.compile(node);
    const { mapped } = this;
    this.#mapped = outer;
    return mapped.length === 0 ? typed : mappedOver(mapped, typed);
  }

  /** The node's value, where a list cannot stand: an operation on a multi-value column is done to each of its values. */
  #single(node: Node): Typed {
    if (node.kind !== 'identifier' || this.#variables.has(node.name) || this.#scope.field?.(node.name))
      return this.compile(node);
    const column = this.#scope.column(node.name);
    if (!column.multiValue) return this.compile(node);
    const mapped = this.#mapped.get(node.name) ?? { list: column.sql, variable: this.#variable() };
    this.#mapped.set(node.name, mapped);
    return { type: 'STRING', sql: mapped.variable };
  }

  #column(name: string, offset: number): Typed {
    const variable = this.#variables.get(name);
    if (variable) return variable;
    const field = this.#scope.field?.(name);
    if (field) return { type: 'ANY', sql: field.json };
    const { sql: value, type, multiValue } = this.#scope.column(name);
    // A row without values has none, not a list of a null.
    if (multiValue) return { type: 'ARRAY<STRING>', sql: sql`nullif(${value}, [NULL])` };
    switch (type) {
      case 'LONG':
      case 'DOUBLE':
      case 'STRING':
        return { type, sql: value };
      case 'FLOAT':
        return { type: 'DOUBLE', sql: sql`CAST(${value} AS DOUBLE)` };
      case 'COMPLEX<json>':
        return { type: 'ANY', sql: value };
      case 'ARRAY<STRING>':
      case 'ARRAY<LONG>':
      case 'ARRAY<DOUBLE>':
        return { type, sql: value };
      default:
        throw expressionError(this.#text, offset, `column '${name}' is of type ${type}, which expressions cannot read`);
    }
  }

  /** Of what a lambda makes of its parameters only the text counts: outside of it nothing is known of the type. */
  #settle(value: Typed): Typed {
    if (value.type !== 'ANY' || this.#variables.size > 0) return asText(value);
    const key = value.sql.text;
    if (this.#settled && this.#known.has(key)) return { type: this.#settled, sql: asType(value, this.#settled) };
    this.unsettled.set(key, value.sql);
    return asText(value);
  }
}

/** The list of what an expression makes of each value, or of each combination of the values of several columns. */
export function mappedOver(mapped: readonly Mapped[], value: Typed): Typed {
  const type = isArray(value) ? 'STRING' : elementType(value);
  return { type: `ARRAY<${type}>`, sql: combinations(mapped, asType(value, type)) };
}

const asText = (value: Typed): Typed => (value.type === 'ANY' ? { type: 'STRING', sql: asString(value) } : value);

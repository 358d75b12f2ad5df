/** Tree → typed SQL. */
import { nearestWord } from '../../errors.ts';
import { type Sql, sql } from '../../sql.ts';
import type { Scope } from '../define.ts';
import type { Call } from './function.ts';
import { expressionFunctions, functionGaps } from './functions/index.ts';
import { binary, unary } from './operators.ts';
import { type ElementType, expressionError, expressionGap, type Node } from './syntax.ts';
import { arrayOf, asString, asType, literalOf, type Typed } from './typed.ts';

/** Some functions use an argument's SQL more than once, so nesting can explode it. */
const maxSqlLength = 500_000;

/** One pass over the tree under an assumption on the types of the columns that arrive as JSON. */
export class Compilation {
  /** JSON columns on whose type the result depends, found in this pass. */
  readonly unsettled = new Set<string>();
  /** Multi-value columns that stand where a single value is wanted, with their lists. */
  readonly mapped = new Map<string, Sql>();
  readonly #text: string;
  readonly #scope: Scope;
  readonly #settled: ReadonlyMap<string, ElementType>;

  constructor(text: string, scope: Scope, settled: ReadonlyMap<string, ElementType>) {
    this.#text = text;
    this.#scope = scope;
    this.#settled = settled;
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
    const args = node.args.map((argument) => (found.takesLists ? this.compile(argument) : this.#single(argument)));
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

  /** The node's value, where a list cannot stand: an operation on a multi-value column is done to each of its values. */
  #single(node: Node): Typed {
    if (node.kind !== 'identifier' || this.#scope.field?.(node.name)) return this.compile(node);
    const column = this.#scope.column(node.name);
    if (!column.multiValue) return this.compile(node);
    this.mapped.set(node.name, column.sql);
    if (this.mapped.size > 1) {
      throw expressionGap(this.#text, node.offset, 'an operation on several multi-value columns');
    }
    return { type: 'STRING', sql: sql`v` };
  }

  #column(name: string, offset: number): Typed {
    const field = this.#scope.field?.(name);
    if (field) return this.#json({ type: 'ANY', sql: field.json, column: name });
    const { sql: value, type, multiValue } = this.#scope.column(name);
    if (multiValue) return { type: 'ARRAY<STRING>', sql: value };
    switch (type) {
      case 'LONG':
      case 'DOUBLE':
      case 'STRING':
        return { type, sql: value };
      case 'FLOAT':
        return { type: 'DOUBLE', sql: sql`CAST(${value} AS DOUBLE)` };
      case 'COMPLEX<json>':
        return this.#json({ type: 'ANY', sql: value, column: name });
      case 'ARRAY<STRING>':
      case 'ARRAY<LONG>':
      case 'ARRAY<DOUBLE>':
        return { type, sql: value };
      default:
        throw expressionError(this.#text, offset, `column '${name}' is of type ${type}, which expressions cannot read`);
    }
  }

  #json(any: Typed): Typed {
    const known = this.#settled.get(any.column as string);
    return known ? { type: known, sql: asType(any, known) } : any;
  }

  #settle(value: Typed): Typed {
    if (value.type !== 'ANY') return value;
    this.unsettled.add(value.column as string);
    return asText(value);
  }
}

const asText = (value: Typed): Typed => (value.type === 'ANY' ? { type: 'STRING', sql: asString(value) } : value);

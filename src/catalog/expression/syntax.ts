/**
 * Druid's expression language as text: tokens and tree.
 *
 *   expression = unary { operator unary }         by precedence: ^ (to the right), * / %, + -, < <= > >= == !=, && ||
 *   unary      = ( "-" | "!" ) unary | primary    binds tightest: -2 ^ 2 is 4
 *   primary    = literal | identifier | name "(" [ argument { "," argument } ] ")" | "(" expression ")" | array
 *   argument   = expression | ( identifier | "(" [ identifier { "," identifier } ] ")" ) "->" expression
 *   array      = [ "<" type ">" ] "[" [ literal { [","] literal } ] "]"
 *
 * https://druid.apache.org/docs/latest/querying/math-expr
 */
import type { MillraceError } from '../../errors.ts';
import { expressionError, type Token, tokenize } from './tokens.ts';

export type LiteralValue = string | bigint | number | null;

/** `offset` is the node's place in the text, in characters from 0. */
export type Node = { readonly offset: number } & (
  | { readonly kind: 'literal'; readonly value: LiteralValue }
  | { readonly kind: 'array'; readonly elementType: ElementType; readonly values: readonly LiteralValue[] }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: '-' | '!'; readonly operand: Node }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'lambda'; readonly params: readonly string[]; readonly body: Node }
);

export type ElementType = 'STRING' | 'LONG' | 'DOUBLE';
export type BinaryOperator = keyof typeof precedences;

const precedences = {
  '^': 5,
  '*': 4,
  '/': 4,
  '%': 4,
  '+': 3,
  '-': 3,
  '<': 2,
  '<=': 2,
  '>': 2,
  '>=': 2,
  '==': 2,
  '!=': 2,
  '&&': 1,
  '||': 1,
} as const;

/** Deeper trees would exhaust the stack, here or in the engine. */
const maxDepth = 150;

export function parseExpression(text: string): Node {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  parse(): Node {
    const tree = this.#expression(1, 0);
    if (this.#next.kind !== 'end') throw this.#unexpected('an operator or the end');
    return tree;
  }

  get #next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #take(): Token {
    const token = this.#next;
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  #accept(symbol: string): boolean {
    if (this.#next.kind !== 'symbol' || this.#next.text !== symbol) return false;
    this.#at++;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#accept(symbol)) throw this.#unexpected(`'${symbol}'`);
  }

  #unexpected(expected: string): MillraceError {
    const { kind, text, offset } = this.#next;
    return expressionError(this.#text, offset, `expected ${expected}, got ${kind === 'end' ? 'the end' : `'${text}'`}`);
  }

  #expression(lowest: number, depth: number): Node {
    let left = this.#unary(depth);
    for (let steps = depth; ; steps++) {
      const { kind, text, offset } = this.#next;
      if (kind !== 'symbol' || !Object.hasOwn(precedences, text)) return left;
      const operator = text as BinaryOperator;
      const precedence = precedences[operator];
      if (precedence < lowest) return left;
      if (steps > maxDepth) throw this.#tooDeep(offset);
      this.#at++;
      const right = this.#expression(operator === '^' ? precedence : precedence + 1, depth + 1);
      left = { kind: 'binary', operator, left, right, offset };
    }
  }

  #unary(depth: number): Node {
    const { kind, text, offset } = this.#next;
    if (depth > maxDepth) throw this.#tooDeep(offset);
    if (kind !== 'symbol' || (text !== '-' && text !== '!')) return this.#primary(depth);
    this.#at++;
    return { kind: 'unary', operator: text, operand: this.#unary(depth + 1), offset };
  }

  #primary(depth: number): Node {
    const { kind, text, offset } = this.#next;
    if (kind === 'quoted') {
      this.#at++;
      return { kind: 'identifier', name: text, offset };
    }
    if (kind === 'identifier' && !isNull(this.#next)) {
      this.#at++;
      return this.#accept('(')
        ? { kind: 'call', name: text, args: this.#args(depth), offset }
        : { kind, name: text, offset };
    }
    if (this.#accept('(')) {
      const inner = this.#expression(1, depth + 1);
      this.#expect(')');
      return inner;
    }
    if (kind === 'symbol' && (text === '[' || text === '<')) return this.#array();
    return { kind: 'literal', value: this.#literal(), offset };
  }

  #args(depth: number): Node[] {
    const args: Node[] = [];
    if (this.#accept(')')) return args;
    do args.push(this.#lambda(depth) ?? this.#expression(1, depth + 1));
    while (this.#accept(','));
    this.#expect(')');
    return args;
  }

  /** `x -> …`, `(x, y) -> …`; undefined where none begins here. */
  #lambda(depth: number): Node | undefined {
    const { offset, text } = this.#next;
    const closing = () => this.#tokens.findIndex((token, i) => i > this.#at && token.text === ')');
    const last = text === '(' ? closing() : this.#at;
    if (last < 0 || this.#tokens[last + 1]?.text !== '->') return undefined;
    const params = parametersIn(this.#tokens.slice(this.#at, last + 1));
    if (!params) return undefined;
    this.#at = last + 2;
    return { kind: 'lambda', params, body: this.#expression(1, depth + 1), offset };
  }

  #literal(): LiteralValue {
    const token = this.#next;
    const sign = token.text === '-' && token.kind === 'symbol' ? this.#take() && -1 : 1;
    const { kind, text, offset } = this.#next;
    if (kind === 'number') {
      this.#at++;
      if (!/^\d+$/.test(text)) return sign * Number(text);
      if (BigInt(text) > 9_223_372_036_854_775_807n)
        throw expressionError(this.#text, offset, `${text} is too large for a long`);
      return BigInt(sign) * BigInt(text);
    }
    if (sign === 1 && kind === 'string') return this.#take().text;
    if (sign === 1 && isNull(this.#next)) return this.#take() && null;
    throw this.#unexpected('a value');
  }

  #array(): Node {
    const { offset } = this.#next;
    const stated = this.#accept('<') ? this.#elementType() : undefined;
    this.#expect('[');
    const values: LiteralValue[] = [];
    while (!this.#accept(']')) {
      values.push(this.#literal());
      this.#accept(',');
    }
    return { kind: 'array', elementType: stated ?? elementTypeOf(values), values, offset };
  }

  #elementType(): ElementType {
    const { text, offset } = this.#take();
    const type = text.toUpperCase();
    if (type !== 'STRING' && type !== 'LONG' && type !== 'DOUBLE') {
      throw expressionError(this.#text, offset, `expected an array's type, STRING, LONG or DOUBLE, got '${text}'`);
    }
    this.#expect('>');
    return type;
  }

  #tooDeep(offset: number): MillraceError {
    return expressionError(this.#text, offset, `nested or chained more than ${maxDepth} deep`);
  }
}

const isNull = (token: Token) => token.kind === 'identifier' && /^(null|NULL)$/.test(token.text);

/** The names of a lambda's parameters, if the tokens are nothing else. */
function parametersIn(tokens: readonly Token[]): string[] | undefined {
  const names = tokens.filter(({ kind }) => kind === 'identifier' || kind === 'quoted').map(({ text }) => text);
  const shape = tokens.map(({ kind, text }) => (kind === 'symbol' ? text : 'name')).join(' ');
  return /^(name|\( \)|\( name( , name)* \))$/.test(shape) ? names : undefined;
}

function elementTypeOf(values: readonly LiteralValue[]): ElementType {
  if (values.some((value) => typeof value === 'string')) return 'STRING';
  if (values.some((value) => typeof value === 'number')) return 'DOUBLE';
  return values.some((value) => typeof value === 'bigint') ? 'LONG' : 'STRING';
}

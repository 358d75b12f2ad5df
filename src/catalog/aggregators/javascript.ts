import { z } from 'zod';
import { type Sql, sql } from '../../sql.ts';
import { defineAggregator, only, type Scope, type TypeIssueParams } from '../define.ts';
import { asText } from '../numbers.ts';

type Verb = 'sum' | 'min' | 'max';

/** What Metabase's driver writes in JavaScript: `parseFloat(field) || otherwise`, and arithmetic over such terms. */
type Term =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'field'; readonly name: string; readonly otherwise: number }
  | { readonly kind: 'arithmetic'; readonly operator: Operator; readonly terms: readonly Term[] };

const operators = { '+': sql`+`, '-': sql`-`, '*': sql`*`, '/': sql`/` } as const;
type Operator = keyof typeof operators;

interface Spec {
  readonly type: 'javascript';
  readonly name: string;
  readonly fieldNames: readonly string[];
  readonly verb: Verb;
  readonly term: Term;
}

const constants: Readonly<Record<string, number>> = {
  'Number.MAX_VALUE': Number.MAX_VALUE,
  'Number.MIN_VALUE': Number.MIN_VALUE,
};
const numberOf = (text: string) => constants[text] ?? Number(text);

/** `function(current, a, b) { return current + TERM; }`, or with `Math.min(current, TERM)`; without white space. */
const bodies: readonly (readonly [Verb, RegExp])[] = [
  ['sum', /^returncurrent\+(.*);$/],
  ['sum', /^return\(current\+(.*)\);$/],
  ['min', /^returnMath\.min\(current,(.*)\);$/],
  ['max', /^returnMath\.max\(current,(.*)\);$/],
];

const combines: Readonly<Record<Verb, RegExp>> = {
  sum: /^function\(x,y\)\{return\(?x\+y\)?;\}$/,
  min: /^function\(x,y\)\{returnMath\.min\(x,y\);\}$/,
  max: /^function\(x,y\)\{returnMath\.max\(x,y\);\}$/,
};
const resets: Readonly<Record<Verb, string>> = { sum: '0', min: 'Number.MAX_VALUE', max: 'Number.MIN_VALUE' };

const schema: z.ZodType<Spec> = z
  .object({
    type: z.literal('javascript'),
    name: z.string().min(1),
    fieldNames: z.array(z.string().min(1)),
    fnAggregate: z.string(),
    fnCombine: z.string(),
    fnReset: z.string(),
  })
  .transform((given, context): Spec => {
    const known = readFunctions(given);
    if (known) return { type: given.type, name: given.name, fieldNames: given.fieldNames, ...known };
    const params: TypeIssueParams = { unsupported: true };
    const message = "JavaScript is not run; only the functions that Metabase's driver sends are known";
    context.issues.push({ code: 'custom', message, path: ['fnAggregate'], params, input: given.fnAggregate });
    return z.NEVER;
  });

interface Functions {
  readonly fieldNames: readonly string[];
  readonly fnAggregate: string;
  readonly fnCombine: string;
  readonly fnReset: string;
}

function readFunctions({ fieldNames, ...functions }: Functions): { verb: Verb; term: Term } | undefined {
  const plain = (text: string) => text.replaceAll(/\s+/g, '');
  const [, parameters, body] = /^function\(current,([^()]*)\)\{(.*)\}$/.exec(plain(functions.fnAggregate)) ?? [];
  if (parameters === undefined || body === undefined) return undefined;
  const fields = new Map(parameters.split(',').map((name, i) => [name, fieldNames[i]]));
  for (const [verb, pattern] of bodies) {
    const term = readTerm(pattern.exec(body)?.[1] ?? '', fields);
    const same =
      combines[verb].test(plain(functions.fnCombine)) &&
      plain(functions.fnReset) === `function(){return${resets[verb]};}`;
    if (term && same) return { verb, term };
  }
  return undefined;
}

function readTerm(text: string, fields: ReadonlyMap<string, string | undefined>): Term | undefined {
  const [, parameter, otherwise] = /^\(parseFloat\(([^()|]+)\)\|\|(\d+|Number\.M(?:AX|IN)_VALUE)\)$/.exec(text) ?? [];
  const name = fields.get(parameter ?? '');
  if (name !== undefined && otherwise !== undefined) return { kind: 'field', name, otherwise: numberOf(otherwise) };
  if (/^-?\d+(\.\d+)?$/.test(text)) return { kind: 'number', value: Number(text) };
  if (!text.startsWith('(') || !text.endsWith(')')) return undefined;
  const inner = text.slice(1, -1);
  for (const operator of Object.keys(operators) as Operator[]) {
    const terms = splitBy(inner, operator).map((part) => readTerm(part, fields));
    if (terms.length > 1 && terms.every((term) => term !== undefined)) return { kind: 'arithmetic', operator, terms };
  }
  return undefined;
}

/** At the operator where it is in no parentheses. */
function splitBy(text: string, operator: Operator): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === operator && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function compile(term: Term, scope: Scope): Sql {
  switch (term.kind) {
    case 'number':
      return sql`CAST(${term.value} AS DOUBLE)`;
    case 'field': {
      const column = scope.column(term.name);
      const text = column.multiValue ? sql`(${column.sql})[1]` : asText(column).sql;
      const number = sql`regexp_extract(${text}, '^\\s*([+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?)', 1)`;
      // To JavaScript's `||`, 0 is as good as nothing.
      return sql`coalesce(nullif(TRY_CAST(${number} AS DOUBLE), 0), CAST(${term.otherwise} AS DOUBLE))`;
    }
    case 'arithmetic':
      return term.terms
        .map((each) => compile(each, scope))
        .reduce((a, b) => sql`(${a} ${operators[term.operator]} ${b})`);
  }
}

const sumOf = (field: string) => ({
  fnAggregate: `function(current, ${field}) { return current + (parseFloat(${field}) || 0); }`,
  fnCombine: 'function(x, y) { return x + y; }',
  fnReset: 'function() { return 0 ; }',
});

export default defineAggregator<Spec>({
  type: 'javascript',
  summary:
    "No JavaScript is run. The sums, minima and maxima that Metabase's native driver writes as functions are recognised by their text, and computed; others are refused. Only in queries.",
  see: 'https://druid.apache.org/docs/latest/querying/aggregations#javascript-aggregator',
  schema,
  inputs: (spec) => spec.fieldNames,
  stateType: () => 'DOUBLE',
  sqlType: () => sql`DOUBLE`,
  fold: ({ verb, term }, { scope, where }) => {
    const total = sql`${{ sum: sql`sum`, min: sql`min`, max: sql`max` }[verb]}(${compile(term, scope)})${only(where)}`;
    if (verb === 'sum') return sql`coalesce(${total}, 0)`;
    const start = sql`CAST(${numberOf(resets[verb])} AS DOUBLE)`;
    return verb === 'min' ? sql`least(${total}, ${start})` : sql`greatest(${total}, ${start})`;
  },
  finish: (_, state) => ({ sql: state, type: 'DOUBLE' }),
  examples: [
    {
      spec: { type: 'javascript', name: 'r', fieldNames: ['x'], ...sumOf('x') },
      events: [{ x: '1.5' }, { x: '2 m' }, { x: 'none' }, {}],
      result: 3.5,
    },
    {
      spec: {
        type: 'javascript',
        name: 'r',
        fieldNames: ['x', 'y'],
        fnAggregate: 'function(current, x, y) { return (current + ((parseFloat(x) || 0) * (parseFloat(y) || 0))); }',
        fnCombine: 'function(x, y) { return (x + y); }',
        fnReset: 'function() { return 0; }',
      },
      events: [{ x: 2, y: 3 }, { x: 4, y: 0.5 }, { x: 7 }],
      result: 8,
    },
  ],
});

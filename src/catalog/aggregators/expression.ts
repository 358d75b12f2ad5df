import { z } from 'zod';
import { ident, join, type Sql, sql } from '../../sql.ts';
import { defineAggregator, type FoldInput, only, type Scope, type Value } from '../define.ts';
import { compileExpression } from '../expression/index.ts';
import { sqlTypeOf } from '../expression/typed.ts';
import { isArrayType, outputValue } from '../output-type.ts';

const schema = z.object({
  type: z.literal('expression'),
  name: z.string().min(1),
  fields: z.array(z.string()),
  accumulatorIdentifier: z.string().min(1).default('__acc'),
  initialValue: z.string().min(1),
  fold: z.string().min(1),
  finalize: z.string().min(1).nullish(),
  // Rows are folded as one: nothing is left to combine.
  combine: z.string().min(1).nullish(),
  initialCombineValue: z.string().min(1).nullish(),
  compare: z.string().min(1).nullish(),
  isNullUnlessAggregated: z.boolean().default(true),
  shouldAggregateNullInputs: z.boolean().default(true),
  shouldCombineAggregateNullInputs: z.boolean().nullish(),
  maxSizeBytes: z.number().int().min(10).nullish(),
});

type Spec = z.infer<typeof schema>;

type Scalar = 'STRING' | 'LONG' | 'DOUBLE';
type StateType = Scalar | `ARRAY<${Scalar}>`;

const nowhere = sql`NULL::TIMESTAMP`;
const unknown: Value = { sql: sql`NULL::VARCHAR`, type: 'STRING' };

export default defineAggregator<Spec>({
  type: 'expression',
  summary:
    'What the expression `fold` makes of the rows, one after the other in the order of their times: it sees the fields and, as `__acc`, what it made of the rows before; at first `initialValue`. `finalize` changes the result, `o`. Only in queries.',
  see: 'https://druid.apache.org/docs/latest/querying/aggregations#expression-aggregator',
  schema,
  inputs: (spec) => spec.fields,
  stateType: (spec) => initialOf(spec).type,
  sqlType: (spec) => sqlTypeOf(stateTypeOf(initialOf(spec))),
  fold,
  finish: (spec, state) => {
    const value: Value = { sql: state, type: initialOf(spec).type };
    if (!spec.finalize) return value;
    return compileExpression(spec.finalize, { time: nowhere, column: (name) => (name === 'o' ? value : unknown) });
  },
  examples: [
    {
      spec: { type: 'expression', name: 'r', fields: ['x'], initialValue: '0', fold: "__acc + cast(x, 'LONG') * 2" },
      events: [{ x: 1 }, { x: 2 }],
      result: 6,
    },
    {
      spec: {
        type: 'expression',
        name: 'r',
        fields: ['x'],
        accumulatorIdentifier: 'seen',
        initialValue: '<STRING>[]',
        fold: 'array_set_add(seen, x)',
        finalize: "array_to_string(o, ';')",
      },
      events: [{ x: 'b' }, { x: 'a' }, { x: 'b' }],
      result: 'a;b',
    },
  ],
});

const initialOf = (spec: Spec): Value => compileExpression(spec.initialValue, { time: nowhere, column: () => unknown });

function stateTypeOf({ type }: Value): StateType {
  return isArrayType(type) || type === 'LONG' || type === 'DOUBLE' ? (type as StateType) : 'STRING';
}

function fold(spec: Spec, { scope, where }: FoldInput): Sql {
  const initial = initialOf(spec);
  const type = stateTypeOf(initial);
  const inputs = spec.fields.map((name) => scope.column(name));
  // The engine folds values of one type only, so each stands in a struct beside a state.
  const struct = (state: Sql, values: readonly Sql[]) =>
    sql`struct_pack(${join([sql`state := ${state}`, ...values.map((value, i) => sql`${field(i)} := ${value}`)])})`;
  const nothing = inputs.map(() => sql`NULL`);
  const values = inputs.map((value) => value.sql);
  const present = spec.shouldAggregateNullInputs ? [] : values.map((value) => sql`${value} IS NOT NULL`);
  const none = sql`NULL::${sqlTypeOf(type)}`;
  const rows = sql`list(${struct(none, values)} ORDER BY ${scope.time})${only(where, ...present)}`;
  const start = outputValue(type, initial).sql;
  const next = outputValue(type, compileExpression(spec.fold, stepScope(spec, inputs, type))).sql;
  const steps = sql`list_prepend(${struct(start, nothing)}, ${rows})`;
  const last = sql`list_reduce(${steps}, lambda before, next: ${struct(next, nothing)}).state`;
  return sql`CASE WHEN ${rows} IS NULL THEN ${spec.isNullUnlessAggregated ? none : start} ELSE ${last} END`;
}

const field = (index: number): Sql => ident(`f${index}`);

/** What a step reads: the state before it, and the fields of its row. */
function stepScope({ fields, accumulatorIdentifier }: Spec, inputs: readonly Value[], type: StateType): Scope {
  return {
    time: nowhere,
    column: (name) => {
      if (name === accumulatorIdentifier) return { sql: sql`before.state`, type };
      const input = inputs[fields.indexOf(name)];
      return input ? { ...input, sql: sql`next.${field(fields.indexOf(name))}` } : unknown;
    },
  };
}

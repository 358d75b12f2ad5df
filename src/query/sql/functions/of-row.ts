/** Aggregates that give the value of one row. https://druid.apache.org/docs/latest/querying/sql-aggregations */
import { listText } from '../../../catalog/expression/lists.ts';
import { letIn } from '../../../catalog/operand.ts';
import { type Sql, sql } from '../../../sql.ts';
import { type Expr, isTime } from '../types.ts';
import { type AggregateCall, type AggregateFunction, arg } from './define.ts';

const ofRow = ['<expr>, [<maxBytesPerStringInt>, [<aggregateMultipleValuesBoolean>]]'];
const ofRowBy = ['<expr>, <timeColumn>, [<maxBytesPerString>]'];

const functions: AggregateFunction[] = [
  {
    names: ['EARLIEST'],
    arity: [1, 3],
    takesLists: true,
    takes: ofRow,
    summary: 'The value of the row with the smallest `__time`.',
    compile: (args, call) => atTime(sql`min`, args, rowTime(call), call, 1),
  },
  {
    names: ['LATEST'],
    arity: [1, 3],
    takesLists: true,
    takes: ofRow,
    summary: 'The value of the row with the largest `__time`.',
    compile: (args, call) => atTime(sql`max`, args, rowTime(call), call, 1),
  },
  {
    names: ['EARLIEST_BY'],
    arity: [2, 3],
    takesLists: true,
    takes: ofRowBy,
    summary: 'The value of the row with the smallest time in a column.',
    compile: (args, call) => atTime(sql`min`, args, arg(args, 1), call, 2),
  },
  {
    names: ['LATEST_BY'],
    arity: [2, 3],
    takesLists: true,
    takes: ofRowBy,
    summary: 'The value of the row with the largest time in a column.',
    compile: (args, call) => atTime(sql`max`, args, arg(args, 1), call, 2),
  },
  {
    names: ['ANY_VALUE'],
    arity: [1, 3],
    takesLists: true,
    takes: ofRow,
    summary: 'The value of some row.',
    compile(args, call) {
      const value = plain(args, 2);
      return cut({ ...value, sql: sql`any_value(${value.sql})${call.over}` }, call.integer(1));
    },
  },
];

export default functions;

function rowTime(call: AggregateCall): Expr {
  const time = call.time();
  if (!time) throw call.fail('expected rows that have a __time; name a column with EARLIEST_BY or LATEST_BY');
  return time;
}

/** Of several values the text of their list, as Java writes it, or where `aggregateMultipleValues` is false the first one. */
function plain(args: readonly Expr[], flagAt: number): Expr {
  const { sql: value, type, native, multiValue } = arg(args, 0);
  const kept = { type, ...(native ? { native } : {}) };
  if (!multiValue) return { ...kept, sql: value };
  if (args[flagAt]?.literal === false) return { ...kept, sql: sql`${value}[1]` };
  return { ...kept, sql: sql`CASE len(${value}) WHEN 1 THEN ${value}[1] ELSE ${listText(value)} END` };
}

/** Among equal times by value, so that the order of arrival does not matter. */
function atTime(aggregate: Sql, args: readonly Expr[], time: Expr, call: AggregateCall, limitAt: number): Expr {
  if (!isTime(time)) throw call.fail(`expected a TIMESTAMP, got a ${time.type}`);
  const value = plain(args, 2);
  const state = sql`${aggregate}(struct_pack(t := ${time.sql}, v := ${value.sql}))${call.over}`;
  return cut({ ...value, sql: sql`(${state}).v` }, call.integer(limitAt));
}

/** Druid's own default. */
const longestText = 1024;

/** Whole characters of text, as far as they fit into so many bytes. */
function cut(value: Expr, bytes = longestText): Expr {
  if (value.type !== 'VARCHAR') return value;
  const fitting = (text: Sql) =>
    sql`CASE WHEN strlen(${text}) <= ${bytes} THEN ${text} ELSE left(${text}, list_max(list_filter(range(0, ${bytes + 1}), lambda n: strlen(left(${text}, n)) <= ${bytes}))) END`;
  return { ...value, sql: letIn('text', value.sql, fitting) };
}

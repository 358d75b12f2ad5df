import { count, day, differing, each, groupBy, ofOdd, scan, timeseries, unordered } from '../build.ts';
import type { Cases } from '../define.ts';

const column = (expression: string, outputType = 'STRING') => ({
  type: 'expression',
  name: 'v',
  expression,
  outputType,
});

const texts = {
  concat: "concat(name, '-', size)",
  'IPv4 of a double':
    "concat(nvl(ipv4_parse(abs(d)), 'none'), nvl(ipv4_stringify(abs(d)), 'none'), ipv4_match(abs(d), '0.0.0.0/1'))",
  upper: 'upper(name)',
  substring: 'substring(name, 1, 3)',
  replace: "replace(name, 'a', 'A')",
  'regexp extract': "regexp_extract(name, '([a-z]+)(\\\\d*)', 1)",
  nvl: "nvl(name, 'none')",
  'case searched': "case_searched(n > 10, 'many', n > 0, 'some', 'few')",
  'case simple': "case_simple(name, 'alpha', 'A', 'beta', 'B', 'other')",
  'if null': "if(n, 'yes', 'no')",
  lpad: "lpad(name, 6, '*')",
  trim: "trim(size, ' ')",
  reverse: 'reverse(name)',
  'timestamp format': "timestamp_format(__time, 'yyyy-MM-dd HH:mm', 'Europe/Berlin')",
  'array to string': "array_to_string(tags, '+')",
  'cast to text': "cast(n, 'STRING')",
};
const longs = {
  sum: 'n + 1',
  product: 'n * 3',
  remainder: 'n % 5',
  minus: '-n',
  comparison: 'n > 5',
  and: "n > 0 && name == 'alpha'",
  not: '!n',
  div: 'div(n, 4)',
  length: 'strlen(name)',
  'cast of text': "cast(size, 'LONG')",
  'parse long': 'parse_long(size)',
  'timestamp floor': "timestamp_floor(__time, 'P1D', null, 'Europe/Berlin')",
  'timestamp shift': "timestamp_shift(__time, 'P1M', 1)",
  'timestamp extract': "timestamp_extract(__time, 'HOUR', 'Europe/Berlin')",
  'array length': 'array_length(tags)',
  'array contains': "array_contains(tags, 'x')",
  like: "like(name, 'a%')",
  strpos: "strpos(name, 'a')",
  'is null': 'isnull(name)',
};
const doubles = {
  'sum of mixed': 'n + d',
  division: 'd / 2',
  power: 'pow(d, 2)',
  round: 'round(d, 1)',
  floor: 'floor(d)',
  sqrt: 'sqrt(abs(d))',
  greatest: 'greatest(n, d)',
  'cast of text as double': "cast(size, 'DOUBLE')",
};

/** Without the row whose double and long are beyond exact numbers. */
const exact = { type: 'not', field: { type: 'selector', dimension: 'name', value: 'Alpha' } };
const rowsOf = (outputType: string) => (expression: string) =>
  scan('odd', ofOdd, {
    columns: ['__time', 'name', 'v'],
    filter: exact,
    virtualColumns: [column(expression, outputType)],
  });

const expression = (text: string) => ({ type: 'expression', expression: text });
const alpha = { type: 'selector', dimension: 'name', value: 'alpha' };
const filters = {
  'filter: expression': expression("n > 5 || name == 'alpha'"),
  'filter: expression of nulls': expression('n < 5'),
  'filter: istrue': { type: 'istrue', field: alpha },
  'filter: isfalse': { type: 'isfalse', field: alpha },
  'filter: not istrue': { type: 'not', field: { type: 'istrue', field: alpha } },
};

const any = (type: string, fieldName: string) => ({ type, name: 'x', fieldName });
const aggregations = {
  'longAny of a constant': any('longAny', 'one'),
  'stringAny of a constant': any('stringAny', 'letter'),
};

const cases: Cases = {
  ...unordered(each(texts, rowsOf('STRING'))),
  ...unordered(each(longs, rowsOf('LONG'))),
  ...unordered(each(doubles, rowsOf('DOUBLE'))),
  ...each(filters, (filter) => timeseries('odd', ofOdd, { filter })),
  ...each(aggregations, (aggregation) =>
    timeseries('odd', ofOdd, {
      aggregations: [aggregation],
      virtualColumns: [
        { ...column('1', 'LONG'), name: 'one' },
        { ...column("'z'"), name: 'letter' },
      ],
    }),
  ),
  'grouped by': {
    query: groupBy('wikipedia', day, {
      dimensions: ['v'],
      virtualColumns: [column("concat(isRobot, '/', isAnonymous)")],
    }),
  },
  'grouped by longs': {
    query: groupBy('wikipedia', day, {
      dimensions: [{ type: 'default', dimension: 'v', outputType: 'LONG' }],
      virtualColumns: [column('floor(deltaFloat / 1000)', 'LONG')],
    }),
  },
  'summed up': {
    query: timeseries('wikipedia', day, {
      virtualColumns: [column('added - deleted', 'LONG')],
      aggregations: [count, { type: 'longSum', name: 'net', fieldName: 'v' }],
    }),
  },
  'after aggregation': {
    query: timeseries('wikipedia', day, {
      aggregations: [count, { type: 'longSum', name: 'added', fieldName: 'added' }],
      postAggregations: [{ type: 'expression', name: 'each', expression: 'added * 1.0 / rows' }],
    }),
  },
};

const blank = 'text with a blank before the number: in Druid no number';
export const expressionCases = differing(cases, {
  'cast of text': blank,
  'cast of text as double': blank,
});

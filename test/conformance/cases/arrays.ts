/** Columns that are arrays, and lambdas over them. */
import { each, groupBy, scan, timeseries, unordered } from '../build.ts';
import type { Cases } from '../define.ts';

const spring = '2025-03-01/2025-03-03';

const expressions = {
  'map: longs': 'map((x) -> x + 1, al)',
  'map: text is no number': 'map((x) -> x + 1, as)',
  'map: without parentheses': "map(x -> concat(x, 'z'), as)",
  'map: a single value': 'map((x) -> x * 2, l)',
  'map: a multi-value dimension': 'map((x) -> upper(x), tags)',
  'map: other columns': 'map((x) -> x + l, al)',
  'map: a condition': 'map((x) -> x > 1, al)',
  'map: doubles of longs': 'map((x) -> x / 2.0, al)',
  'map: no values': 'map((x) -> x, [])',
  'filter: longs': 'filter((x) -> x > 1, al)',
  'filter: truth': 'filter((x) -> x, al)',
  'filter: nulls': 'filter((x) -> isnull(x), as)',
  'fold: longs': 'fold((x, acc) -> x + acc, al, 0)',
  'fold: doubles of longs': 'fold((x, acc) -> x + acc, al, 0.5)',
  'fold: text': "fold((x, acc) -> concat(acc, x), as, '')",
  'fold: arrays': 'fold((x, acc) -> array_append(acc, x), al, <LONG>[])',
  'fold: a multi-value dimension': 'fold((x, acc) -> acc + 1, tags, 0)',
  any: 'any((x) -> x > 2, al)',
  all: 'all((x) -> x > 0, al)',
  'all: nulls': 'all((x) -> isnull(x), as)',
  'cartesian_map: longs': 'cartesian_map((x, y) -> x + y, al, al)',
  'cartesian_map: text': 'cartesian_map((x, y) -> concat(x, y), as, tags)',
  'a lambda in a lambda': 'map((x) -> fold((y, a) -> y + a, al, x), al)',
  'mv_harmonize_nulls: multi-value': 'mv_harmonize_nulls(tags)',
  'mv_harmonize_nulls: array': 'mv_harmonize_nulls(as)',
  mv_to_array: 'mv_to_array(tags)',
  array_to_mv: 'array_to_mv(al)',
  'array_length: multi-value': 'array_length(tags)',
  'array_length: mapped': "array_length(concat(tags, '!'))",
  'array_append: multi-value': "array_append(tags, 'r')",
  'array_contains: array': 'array_contains(al, 2)',
  'array_quantile: middle': 'array_quantile(al, 0.5)',
  'array_quantile: between': 'array_quantile(ad, 0.9)',
  'array: longs and doubles': 'array(l, d)',
  'array: text and longs': 'array(name, l)',
  'multi-value: concat': "concat(tags, '!')",
  'multi-value: another column': 'concat(tags, name)',
  'multi-value: twice': 'concat(tags, tags)',
  'multi-value: case': "case_searched(tags == 'x', 'isx', 'other')",
  'multi-value: nvl': "nvl(tags, 'none')",
  'array as text': 'upper(as)',
  'array as text: length': 'strlen(as)',
  'is null: array': 'isnull(as)',
  'coalesce: longs and doubles': 'coalesce(al, ad)',
  'nvl: array': 'nvl(al, [9])',
  'cast: text to longs': "cast(as, 'ARRAY<LONG>')",
  'array_set_add: null': 'array_set_add(al, null)',
  'array_slice: beyond the end': 'array_slice(al, 1, 2)',
  'to_json_string: array': 'to_json_string(ad)',
  'format: text and longs': "format('%s is %d', name, l)",
  'format: fractions': "format('%08.2f|%8.2f|%-8.2f|%,.2f', d, d, d, d)",
  'format: widths': "format('%10s|%-10s|%.3s|%S', name, name, name, name)",
  'format: signs': "format('%+d|% d|%(d|%05d|%x', l, l, -l, l, l)",
  'format: by place': "format('%2$s %1$s', name, l)",
  'format: too few': "format('%s %s', name)",
  'is distinct': 'isdistinctfrom(l, 1)',
  'is not distinct': 'notdistinctfrom(l, 1)',
  'is true': 'istrue(l > 3)',
  'is false': 'isfalse(l > 3)',
  'is not true': 'nottrue(l > 3)',
  'is not false': 'notfalse(l > 3)',
  ulp: 'ulp(l)',
  subtract_months: "subtract_months(1740700800000, 1738281600000, 'UTC')",
  ipv6_match: "ipv6_match('2001:4860:4860:0:0:0:0:8888', '2001:4860:4860::/48')",
  'ipv6_match: other': "ipv6_match('2001:4860:4861::8888', '2001:4860:4860::/47')",
  'ipv6_match: of IPv4': "ipv6_match('::ffff:1.2.3.4', '::ffff:0:0/96')",
  'ipv6_match: none': "ipv6_match('nope', '::/0')",
};
const column = (expression: string) =>
  scan('nested', spring, {
    columns: ['name', 'v'],
    virtualColumns: [{ type: 'expression', name: 'v', expression }],
  });

const contains = (elementMatchValue: unknown) => ({
  type: 'arrayContainsElement',
  column: 'al',
  elementMatchValueType: 'LONG',
  elementMatchValue,
});
const not = (field: object) => ({ type: 'not', field });
const equals = (matchValue: unknown) => ({ type: 'equals', column: 'al', matchValueType: 'ARRAY<LONG>', matchValue });
const filters = {
  'filter: contains': contains(2),
  'filter: does not contain': not(contains(2)),
  'filter: contains null': contains(null),
  'filter: does not contain null': not(contains(null)),
  'filter: equals': equals([1, 2, 3]),
  'filter: equals a null within': equals([5, null]),
  'filter: equals nothing': equals([]),
  'filter: does not equal': not(equals([1, 2, 3])),
  'filter: null': { type: 'null', column: 'al' },
  'filter: a single value': { type: 'equals', column: 'as', matchValueType: 'STRING', matchValue: 'p' },
};

const byArray = (dimension: string, outputType: string) =>
  groupBy('nested', spring, { dimensions: [{ type: 'default', dimension, outputType }] });

export const arrayCases: Cases = {
  columns: { query: scan('nested', spring, { columns: ['name', 'as', 'al', 'ad'] }), unordered: true },
  ...unordered(each(expressions, column)),
  ...each(filters, (filter) => timeseries('nested', spring, { filter })),
  'groups of longs': { query: byArray('al', 'ARRAY<LONG>') },
  'groups of doubles': { query: byArray('ad', 'ARRAY<DOUBLE>'), unordered: true },
  'groups of text': { query: byArray('as', 'ARRAY<STRING>'), unordered: true },
  'groups of nested values': { query: byArray('n', 'COMPLEX<json>'), unordered: true },
  'an element': {
    query: scan('nested', spring, {
      columns: ['name', 'v'],
      virtualColumns: [{ type: 'nested-field', columnName: 'al', outputName: 'v', path: '$[1]' }],
    }),
    unordered: true,
  },
  'columns of SQL': {
    query: {
      queryType: 'sql',
      query: `SELECT COLUMN_NAME, DATA_TYPE, JDBC_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'nested'`,
    },
  },
  metadata: {
    query: {
      queryType: 'segmentMetadata',
      dataSource: 'nested',
      intervals: [spring],
      merge: true,
      analysisTypes: ['cardinality'],
      toInclude: { type: 'list', columns: ['n', 'as', 'al', 'ad'] },
    },
  },
};

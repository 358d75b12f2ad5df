/** Nested columns: values inside of them, and values made of others. */
import { differing, each, groupBy, scan, timeseries, unordered } from '../build.ts';
import type { Cases } from '../define.ts';

const spring = '2025-03-01/2025-03-03';

const expressions = {
  'the column': 'n',
  'json_query: object': "json_query(n, '$.a')",
  'json_query: anything': "json_query(n, '$.a.b')",
  'json_query: nothing': "json_query(n, '$.zzz')",
  'json_query_array: objects': "json_query_array(n, '$.objects')",
  'json_query_array: object': "json_query_array(n, '$.a')",
  'json_query_array: scalar': "json_query_array(n, '$.ok')",
  'json_keys: root': "json_keys(n, '$')",
  'json_keys: list': "json_keys(n, '$.list')",
  'json_keys: scalar': "json_keys(n, '$.ok')",
  'json_value as text': "json_value(n, '$.a.b', 'STRING')",
  'json_value as long': "json_value(n, '$.a.b', 'LONG')",
  'json_value as double': "json_value(n, '$.a.b', 'DOUBLE')",
  'json_value: flag': "json_value(n, '$.ok', 'LONG')",
  'json_value: longs': "json_value(n, '$.list', 'ARRAY<LONG>')",
  'json_value: doubles': "json_value(n, '$.list', 'ARRAY<DOUBLE>')",
  'json_value: one of several': "json_value(n, '$.mix', 'ARRAY<STRING>')",
  'json_value: sum': "json_value(n, '$.a.b', 'LONG') + 1",
  json_object: "json_object('a', l, 'b', name)",
  'json_object of nested values': "json_object('x', json_query(n, '$.a'), 'd', d)",
  parse_json: 'parse_json(\'{"x":[1,2.5,"z",null]}\')',
  try_parse_json: 'try_parse_json(name)',
  json_merge: 'json_merge(\'{"a":1,"n":{"x":1},"l":[1]}\', \'{"a":2,"n":{"y":2},"l":[2]}\')',
  'json_merge with null': "json_merge('{}', null)",
  'to_json_string of nested values': 'to_json_string(n)',
  'to_json_string of text': 'to_json_string(name)',
  'to_json_string of doubles': 'to_json_string(d)',
  'is null': 'isnull(n)',
  'is null: a member that is null': "isnull(json_query(n, '$.a.c'))",
  'to_json_string of a member that is null': "to_json_string(json_query(n, '$.ok'))",
  'if: nested value': 'if(l > 2, n, null)',
  'nvl: nested value': "nvl(n, 'none')",
};
const column = (expression: string) =>
  scan('nested', spring, {
    columns: ['name', 'v'],
    virtualColumns: [{ type: 'expression', name: 'v', expression }],
  });

const field = (more: object) => ({ type: 'nested-field', columnName: 'n', outputName: 'v', ...more });
const fields = {
  'field: any': { path: '$.a.b' },
  'field: flag': { path: '$.ok' },
  'field: mixed': { path: '$.mix' },
  'field: missing': { path: '$.nope' },
  'field: by parts': {
    pathParts: [
      { type: 'field', field: 'a' },
      { type: 'field', field: 'c' },
    ],
  },
  'field: jq': { path: '.a.c', useJqSyntax: true },
  'field: object, raw': { path: '$.a', processFromRaw: true },
  'field: all, raw': { path: '$', processFromRaw: true, expectedType: 'COMPLEX<json>' },
};
const ofField = (more: object) => scan('nested', spring, { columns: ['name', 'v'], virtualColumns: [field(more)] });

const filters = {
  'filter: equals long': [
    { expectedType: 'LONG' },
    { type: 'equals', column: 'v', matchValueType: 'LONG', matchValue: 5 },
  ],
  'filter: selector': [{}, { type: 'selector', dimension: 'v', value: '7' }],
  'filter: range': [{}, { type: 'range', column: 'v', matchValueType: 'LONG', lower: 3 }],
  'filter: null': [{}, { type: 'null', column: 'v' }],
} as const;

const cases: Cases = {
  ...unordered(each(expressions, column)),
  ...unordered(each(fields, ofField)),
  ...each(filters, ([more, filter]) =>
    timeseries('nested', spring, { virtualColumns: [field({ path: '$.a.b', ...more })], filter }),
  ),
  'filter: the column is null': {
    query: timeseries('nested', spring, { filter: { type: 'null', column: 'n' } }),
  },
  'sums of a field': {
    query: timeseries('nested', spring, {
      virtualColumns: [field({ path: '$.a.b' })],
      aggregations: [
        { type: 'longSum', name: 'long', fieldName: 'v' },
        { type: 'doubleSum', name: 'double', fieldName: 'v' },
      ],
    }),
  },
  'groups of a field as LONG': {
    query: groupBy('nested', spring, {
      virtualColumns: [field({ path: '$.a.b', expectedType: 'LONG' })],
      dimensions: [{ type: 'default', dimension: 'v', outputName: 'v', outputType: 'LONG' }],
      aggregations: [{ type: 'longSum', name: 'sum', fieldName: 'v' }],
    }),
  },
  'groups of a field': {
    query: {
      queryType: 'groupBy',
      dataSource: 'nested',
      intervals: spring,
      granularity: 'all',
      virtualColumns: [field({ path: '$.a.c' })],
      dimensions: ['v'],
      aggregations: [{ type: 'count', name: 'rows' }],
    },
  },
};

export const nestedCases = differing(cases, {
  'field: mixed': 'a list of several types: its elements as they are; in Druid all as text',
});

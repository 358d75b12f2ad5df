import { day, differing, each, groupBy, ofOdd, timeseries } from '../build.ts';
import type { Cases } from '../define.ts';

const kinds = ['long', 'double', 'float'];
const operations = ['Sum', 'Min', 'Max', 'First', 'Last'];
const columns = ['n', 'd', 'f', 'size', 'name', 'nothing'];

const everywhere = columns.flatMap((fieldName) =>
  kinds.flatMap((kind) => operations.map((operation) => ({ type: kind + operation, name: 'x', fieldName }))),
);
const nobody = { type: 'selector', dimension: 'name', value: 'nobody' };
const titleOf = ({ type, fieldName }: { type: string; fieldName: string }) => `${type} of ${fieldName}`;
const overOdd = {
  'stringFirst of name': { type: 'stringFirst', name: 'x', fieldName: 'name' },
  'stringLast of name': { type: 'stringLast', name: 'x', fieldName: 'name' },
  'stringLast of n': { type: 'stringLast', name: 'x', fieldName: 'n' },
  'stringLast, cut': { type: 'stringLast', name: 'x', fieldName: 'name', maxStringBytes: 2 },
  'doubleMean of n': { type: 'doubleMean', name: 'x', fieldName: 'n' },
  'doubleMean of d': { type: 'doubleMean', name: 'x', fieldName: 'd' },
  'doubleMean of nothing': { type: 'doubleMean', name: 'x', fieldName: 'nothing' },
  'longSum of an expression': { type: 'longSum', name: 'x', expression: 'n * 2' },
  'doubleSum of an expression': { type: 'doubleSum', name: 'x', expression: 'd + 1' },
  'filtered: count': {
    type: 'filtered',
    filter: { type: 'selector', dimension: 'tags', value: 'x' },
    aggregator: { type: 'count', name: 'x' },
  },
  'filtered: sum of nothing': {
    type: 'filtered',
    filter: nobody,
    aggregator: { type: 'longSum', name: 'x', fieldName: 'n' },
  },
  'cardinality of names': { type: 'cardinality', name: 'x', fields: ['name'], round: true },
  'cardinality of tags': { type: 'cardinality', name: 'x', fields: ['tags'], round: true },
  'cardinality by row': { type: 'cardinality', name: 'x', fields: ['name', 'tags'], byRow: true, round: true },
  'cardinality of numbers': { type: 'cardinality', name: 'x', fields: ['n'], round: true },
  'hyperUnique of text': { type: 'hyperUnique', name: 'x', fieldName: 'name', round: true },
  ...Object.fromEntries(
    columns.map((fieldName) => [
      `histogram of ${fieldName}`,
      { type: 'histogram', name: 'x', fieldName, breaks: [-1, 0, 0.1, 2, 42, 100] },
    ]),
  ),
  'histogram, one break': { type: 'histogram', name: 'x', fieldName: 'n', breaks: [5] },
  'histogram, no breaks': { type: 'histogram', name: 'x', fieldName: 'n' },
  'an unknown aggregator': { type: 'tally', name: 'x', fieldName: 'n' },
};

const cases: Cases = {
  ...each(Object.fromEntries(everywhere.map((spec) => [titleOf(spec), spec])), (spec) =>
    timeseries('odd', ofOdd, { aggregations: [spec] }),
  ),
  ...each(
    Object.fromEntries(
      everywhere.filter(({ fieldName }) => fieldName === 'n').map((spec) => [`${titleOf(spec)}, no rows`, spec]),
    ),
    (spec) => timeseries('odd', ofOdd, { filter: nobody, aggregations: [spec] }),
  ),
  ...each(overOdd, (spec) => timeseries('odd', ofOdd, { aggregations: [spec] })),
  ...each(Object.fromEntries(Object.entries(overOdd).map(([name, spec]) => [`${name}, no rows`, spec])), (spec) =>
    timeseries('odd', ofOdd, { filter: nobody, aggregations: [spec] }),
  ),
  // As many digits as a float has.
  'floatSum of f': {
    query: timeseries('odd', ofOdd, { aggregations: [{ type: 'floatSum', name: 'x', fieldName: 'f' }] }),
    estimates: { x: 1e-6 },
  },
  'cardinality by row': {
    query: timeseries('odd', ofOdd, { aggregations: [overOdd['cardinality by row']] }),
    estimates: { x: 0.1 },
  },
  'histogram by hour': {
    query: timeseries('wikipedia', day, {
      granularity: 'six_hour',
      filter: { type: 'not', field: { type: 'null', column: 'added' } },
      aggregations: [{ type: 'histogram', name: 'sizes', fieldName: 'added', breaks: [0, 1, 10, 100, 1000] }],
    }),
  },
  'first and last by group': {
    query: groupBy('wikipedia', day, {
      dimensions: ['isRobot'],
      aggregations: [
        { type: 'stringFirst', name: 'first', fieldName: 'page' },
        { type: 'stringLast', name: 'last', fieldName: 'page' },
        { type: 'longFirst', name: 'firstAdded', fieldName: 'added' },
        { type: 'doubleLast', name: 'lastDelta', fieldName: 'delta' },
        { type: 'floatMax', name: 'most', fieldName: 'deltaFloat' },
      ],
    }),
  },
  'the single value of a row': {
    query: timeseries('odd', '2024-10-28/2024-10-29', {
      filter: { type: 'selector', dimension: 'name', value: 'file9' },
      aggregations: Object.entries({ name: 'STRING', n: 'LONG', d: 'DOUBLE', f: 'FLOAT', __time: 'LONG' }).map(
        ([fieldName, columnType]) => ({ type: 'singleValue', name: `the ${fieldName}`, fieldName, columnType }),
      ),
    }),
  },
  'the single value of two rows': {
    query: timeseries('odd', '2024-10-28/2024-10-29', {
      aggregations: [{ type: 'singleValue', name: 'x', fieldName: 'n', columnType: 'LONG' }],
    }),
  },
  'the single value of no row': {
    query: timeseries('odd', '2024-10-28/2024-10-29', {
      filter: { type: 'false' },
      aggregations: [{ type: 'singleValue', name: 'x', fieldName: 'n', columnType: 'LONG' }],
    }),
  },
  'cardinality of users': {
    query: timeseries('wikipedia', day, { aggregations: [{ type: 'cardinality', name: 'users', fields: ['user'] }] }),
    estimates: { users: 0.05 },
  },
  'hyperUnique of rolled up users': {
    query: groupBy('edits', day, {
      dimensions: ['isRobot'],
      aggregations: [{ type: 'hyperUnique', name: 'users', fieldName: 'users' }],
    }),
    estimates: { users: 0.05 },
  },
};

export const aggregatorCases = differing(cases, {
  'longSum of size': 'text with a blank before the number: Druid takes it for 0',
  'longSum of name': 'text that is no number: Druid has 0 or the smallest and largest numbers',
  'longMin of name': 'text that is no number: Druid has 0 or the smallest and largest numbers',
  'longMax of name': 'text that is no number: Druid has 0 or the smallest and largest numbers',
  'doubleSum of size': 'text with a blank before the number: Druid takes it for 0',
  'doubleSum of name': 'text that is no number: Druid has 0 or the smallest and largest numbers',
  'doubleMin of name': 'text that is no number: Druid has 0 or the smallest and largest numbers',
  'doubleMax of name': 'text that is no number: Druid has 0 or the smallest and largest numbers',
  'floatSum of size': 'text with a blank before the number: Druid takes it for 0',
  'floatSum of name': 'text that is no number: Druid has 0 or the smallest and largest numbers',
  'floatMin of name': 'text that is no number: Druid has 0 or the smallest and largest numbers',
  'floatMax of name': 'text that is no number: Druid has 0 or the smallest and largest numbers',
  'stringLast, cut': 'maxStringBytes counts characters',
  'histogram of size': 'Druid takes text for 0',
  'histogram of nothing': 'Druid fails where there is no column',
  'hyperUnique of text': 'Druid makes sketches at ingestion only',
});

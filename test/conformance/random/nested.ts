/** Random native queries about what stands inside of a nested column. */
import fc from 'fast-check';
import type { Query } from '../define.ts';
import { type Json, number, optional, query, record, some, text, wholeNumber } from './atoms.ts';

/** Where the nested column has longs, doubles, texts, and nothing that is a scalar or a list, which is many things to Druid. */
const longPaths = ['$.l', '$.b', '$.o.l', '$.o.o.l', '$.al[0]', '$.ao[0].l'];
const doublePaths = ['$.d', '$.l'];
const textPaths = ['$.s', '$.o.s'];
const elementPaths = ['$.as[0]', '$.as[-1]'];
const otherPaths = ['$.nope', '$.o', '$.l.s', '$'];

/** Of one type at a path; of several the values of one row are told by the type of another in Druid. */
const fieldOf = (paths: readonly string[], types: readonly string[]) =>
  optional(
    'nested-field',
    { columnName: fc.constant('j'), outputName: fc.constant('v'), path: fc.constantFrom(...paths) },
    { expectedType: fc.constantFrom(...types) },
  );
const longField = fieldOf(longPaths, ['LONG', 'DOUBLE', 'STRING']);
/** As text, a whole number has the decimal point of the others beside it in Druid; as a LONG it has its fraction in aggregators. */
const doubleField = record({
  type: fc.constant('nested-field'),
  columnName: fc.constant('j'),
  outputName: fc.constant('v'),
  path: fc.constantFrom(...doublePaths),
  expectedType: fc.constant('DOUBLE'),
});
const textField = fieldOf(textPaths, ['STRING']);
const elementField = fieldOf(elementPaths, ['STRING']);
const otherField = fieldOf(otherPaths, ['STRING']);

const v = { column: fc.constant('v') };
const dimension = { dimension: fc.constant('v') };
/** Without `in`, which rows without a number pass in some segments of Druid's. */
const numberFilter = fc.oneof(
  record({ type: fc.constant('selector'), ...dimension, value: fc.oneof(wholeNumber, fc.constant(null)) }),
  record({
    type: fc.constant('equals'),
    ...v,
    matchValueType: fc.constantFrom('LONG', 'DOUBLE'),
    matchValue: wholeNumber,
  }),
  optional('range', { ...v, matchValueType: fc.constantFrom('LONG', 'DOUBLE'), lower: wholeNumber }, { upper: number }),
  record({ type: fc.constant('null'), ...v }),
);
/** A field that is of no type here is text, whose null is known to a numeric order. */
const typedField = record({
  type: fc.constant('nested-field'),
  columnName: fc.constant('j'),
  outputName: fc.constant('v'),
  path: fc.constantFrom(...longPaths),
  expectedType: fc.constantFrom('LONG', 'DOUBLE'),
});
/** Without a lower bound null passes a filter of rows, and no aggregator's. */
const numericBound = optional(
  'bound',
  { ...dimension, ordering: fc.constant('numeric'), lower: wholeNumber.map(String) },
  { upper: wholeNumber.map(String), lowerStrict: fc.boolean() },
);
/** Without `bound`, in which Druid takes null for known where no row has such a member, and in lists. */
const otherFilter = fc.oneof(
  record({ type: fc.constant('selector'), ...dimension, value: fc.oneof(text, fc.constant(null)) }),
  record({ type: fc.constant('in'), ...dimension, values: some(fc.oneof(text, fc.constant(null)), 4) }),
  record({ type: fc.constant('equals'), ...v, matchValueType: fc.constant('STRING'), matchValue: text }),
  optional(
    'range',
    { ...v, matchValueType: fc.constant('STRING'), lower: text },
    { upper: text, lowerOpen: fc.boolean() },
  ),
  record({ type: fc.constant('like'), ...dimension, pattern: fc.constantFrom('a%', '_', '%1%') }),
  record({ type: fc.constant('regex'), ...dimension, pattern: fc.constantFrom('^[a-c]', '[0-9]') }),
  record({ type: fc.constant('null'), ...v }),
);
const textFilter = fc.oneof(
  { arbitrary: otherFilter, weight: 7 },
  {
    arbitrary: optional('bound', { ...dimension, upper: text }, { lower: text, upperStrict: fc.boolean() }),
    weight: 1,
  },
);
const not = (filter: fc.Arbitrary<Json>) =>
  fc.oneof(
    { arbitrary: filter, weight: 3 },
    { arbitrary: record({ type: fc.constant('not'), field: filter }), weight: 1 },
  );

const count: Json = { type: 'count', name: 'a0' };
const numbers = ['longSum', 'longMin', 'longMax', 'doubleSum', 'doubleMin', 'doubleMax'];
const aggregations = fc.constantFrom([count], ...numbers.map((type) => [count, { type, name: 'a1', fieldName: 'v' }]));
const dimensions = fc.constantFrom<unknown>(
  ['v'],
  ['v', 'k'],
  [{ type: 'default', dimension: 'v', outputName: 'g', outputType: 'STRING' }],
);
/** Of a number an extraction function reads the text that the event had for it; of a list's element it is forgotten. */
const textDimensions = fc.oneof(
  dimensions,
  fc.constant([{ type: 'extraction', dimension: 'v', outputName: 'g', extractionFn: { type: 'strlen' } }]),
);

function queriesOf(
  field: fc.Arbitrary<Json>,
  filter: fc.Arbitrary<Json>,
  aggregators: fc.Arbitrary<readonly Json[]>,
  keys: fc.Arbitrary<unknown>,
) {
  const fields = { virtualColumns: field.map((one) => [one]), filter: fc.option(not(filter), { nil: undefined }) };
  const all = { ...fields, granularity: fc.constant('all'), aggregations: aggregators };
  return fc.oneof(
    query('timeseries', { ...all, granularity: fc.constantFrom('all', 'day') }),
    query('groupBy', { ...all, dimensions: keys }),
    query('topN', {
      ...all,
      dimension: fc.constant('v'),
      metric: fc.constantFrom<unknown>('a0', { type: 'dimension', ordering: 'lexicographic' }),
      threshold: fc.constantFrom(2, 100),
    }),
    query('scan', {
      ...fields,
      columns: fc.constantFrom(['__time', 'v'], ['v', 'k']),
      resultFormat: fc.constant('compactedList'),
      order: fc.constantFrom('ascending', 'descending'),
    }),
  );
}

/** What stands at a path, looked for, grouped by, computed with, and shown. */
export const nested: fc.Arbitrary<Query> = fc.oneof(
  queriesOf(longField, numberFilter, aggregations, dimensions),
  queriesOf(typedField, numericBound, aggregations, dimensions),
  queriesOf(doubleField, numberFilter, aggregations, dimensions),
  queriesOf(textField, textFilter, fc.constant([count]), textDimensions),
  queriesOf(elementField, otherFilter, fc.constant([count]), dimensions),
  queriesOf(otherField, otherFilter, fc.constant([count]), textDimensions),
);

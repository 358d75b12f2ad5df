/** Random native queries over joins. */
import fc from 'fast-check';
import type { Query } from '../define.ts';
import { type Json, number, record, some, text } from './atoms.ts';
import { intervals } from './columns.ts';
import { filter } from './filters.ts';

const keys = fc.constantFrom<string | null>('a', 'b', 'B', '', 'x1', '7', 'one', 'two', 'zz', null);
const inline = fc
  .array(fc.tuple(keys, fc.constantFrom<number | null>(0, 1, 7, -20, 5, null), fc.constantFrom('p', 'q', '')), {
    minLength: 1,
    maxLength: 5,
  })
  .map(
    (rows): Json => ({
      type: 'inline',
      columnNames: ['k', 'n', 'w'],
      columnTypes: ['STRING', 'LONG', 'STRING'],
      rows,
    }),
  );
/** Groups of the random rows, as what is joined. */
const groups = (dimensions: readonly unknown[], aggregation: Json, given?: Json): Json => ({
  type: 'query',
  query: {
    queryType: 'groupBy',
    dataSource: 'random',
    intervals: intervals[0],
    granularity: 'all',
    dimensions,
    aggregations: [aggregation],
    filter: given,
  },
});
const grouped = (dimension: string, name: string) => {
  const key = { type: 'default', dimension, outputName: name, outputType: name === 'n' ? 'LONG' : 'STRING' };
  const sum = { type: 'longSum', name: 'w', fieldName: 'l' };
  return fc.option(filter, { nil: undefined }).map((given) => groups([key], sum, given));
};

/** What can be joined with, and columns of it beside the key. */
const right = fc.oneof(
  inline.map((dataSource) => ({ dataSource, texts: ['k', 'w'], numbers: ['n'] })),
  fc.constant({ dataSource: { type: 'lookup', lookup: 'words' } as Json, texts: ['k', 'v'], numbers: [] }),
  grouped('s', 'k').map((dataSource) => ({ dataSource, texts: ['k'], numbers: ['w'] })),
  grouped('l', 'n').map((dataSource) => ({ dataSource, texts: [], numbers: ['n', 'w'] })),
);

const textKeys = ['s', 'k', 'upper(s)', "concat(s, '')", "nvl(s, 'one')"];
const numberKeys = ['l', 'l + 1', 'strlen(s)'];
const conditionOf = (texts: readonly string[], numbers: readonly string[]) => {
  const equal = (left: fc.Arbitrary<string>, name: string) =>
    fc
      .tuple(left, fc.constantFrom('==', '==', 'notdistinctfrom'))
      .map(([one, how]) => (how === '==' ? `${one} == "r.${name}"` : `notdistinctfrom(${one}, "r.${name}")`));
  const ofTexts = texts.length > 0 ? [equal(fc.constantFrom(...textKeys), texts[0] as string)] : [];
  const ofNumbers = numbers.length > 0 ? [equal(fc.constantFrom(...numberKeys), numbers[0] as string)] : [];
  const one = fc.oneof(...ofTexts, ...ofNumbers);
  return fc.oneof(
    { arbitrary: one, weight: 6 },
    { arbitrary: fc.tuple(one, one).map(([a, b]) => `${a} && ${b}`), weight: 2 },
  );
};

/** A table's rows come once for each segment beside those of the right side that have no partner: those joins are over groups. */
const leftOf = (joinType: string) =>
  joinType === 'INNER' || joinType === 'LEFT'
    ? fc.constant<unknown>('random')
    : fc.constant<unknown>(
        groups(['s', 'k', { type: 'default', dimension: 'l', outputName: 'l', outputType: 'LONG' }], {
          type: 'count',
          name: 'd',
        }),
      );

const join = fc
  .tuple(right, fc.constantFrom('INNER', 'INNER', 'LEFT', 'LEFT', 'RIGHT', 'FULL'))
  .chain(([{ dataSource, texts, numbers }, joinType]) =>
    fc
      .tuple(
        leftOf(joinType),
        conditionOf(texts, numbers),
        joinType === 'INNER' || joinType === 'LEFT' ? fc.option(filter, { nil: undefined }) : fc.constant(undefined),
      )
      .map(([left, condition, leftFilter]) => ({
        dataSource: { type: 'join', left, right: dataSource, rightPrefix: 'r.', condition, joinType, leftFilter },
        ofGroups: left !== 'random',
        texts: texts.map((name) => `r.${name}`),
        numbers: numbers.map((name) => `r.${name}`),
      })),
  );

/** Of columns of both sides. */
const whereOf = (texts: readonly string[], numbers: readonly string[]) =>
  fc.option(
    fc.oneof(
      record({ type: fc.constant('selector'), dimension: fc.constantFrom('s', ...texts), value: text }),
      record({ type: fc.constant('in'), dimension: fc.constantFrom('k', ...texts), values: some(text) }),
      record({ type: fc.constant('null'), column: fc.constantFrom(...texts, ...numbers) }),
      record({
        type: fc.constant('not'),
        field: record({ type: fc.constant('null'), column: fc.constantFrom(...texts, ...numbers) }),
      }),
      record({
        type: fc.constant('range'),
        column: fc.constantFrom('l', ...numbers),
        matchValueType: fc.constant('LONG'),
        lower: number.filter(Number.isInteger),
      }),
    ),
    { nil: undefined },
  );

/** A query over rows of two sides, in no certain order. */
export const joined: fc.Arbitrary<Query> = join.chain(({ dataSource, ofGroups, texts, numbers }) => {
  const base = {
    dataSource: fc.constant(dataSource),
    // Groups are of 1970.
    intervals: ofGroups ? fc.constant('0000/3000') : fc.constantFrom(...intervals),
    filter: whereOf(texts, numbers),
    // Pushed down to the left side, a filter lets rows through that do not pass it.
    context: fc.constant({ enableJoinFilterPushDown: false }),
  };
  const count: Json = { type: 'count', name: 'a0' };
  const aggregations = fc.constantFrom(
    [count],
    ...['l', ...numbers].map((fieldName) => [count, { type: 'longSum', name: 'a1', fieldName }]),
    ...numbers.map((fieldName) => [count, { type: 'longMax', name: 'a1', fieldName }]),
  );
  const ask = (queryType: string, fields: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
    fc.record({ queryType: fc.constant(queryType), ...base, ...fields }) as fc.Arbitrary<Query>;
  return fc.oneof(
    {
      arbitrary: ask('groupBy', {
        granularity: fc.constant('all'),
        dimensions: fc.constantFrom<unknown>(['k'], [...texts, ...numbers].slice(0, 1), ['s', ...texts]),
        aggregations,
      }),
      weight: 3,
    },
    {
      arbitrary: ask('timeseries', { granularity: fc.constantFrom('all', ...(ofGroups ? [] : ['day'])), aggregations }),
      weight: 2,
    },
    {
      arbitrary: ask('scan', {
        columns: fc.constant(['s', 'k', 'l', ...texts, ...numbers]),
        resultFormat: fc.constant('compactedList'),
      }),
      weight: 2,
    },
    {
      arbitrary: ask('topN', {
        granularity: fc.constant('all'),
        dimension: fc.constantFrom('k', ...texts),
        metric: fc.constant('a0'),
        threshold: fc.constant(100),
        aggregations,
      }),
      weight: 1,
    },
  );
});

/** Aggregators that fold expressions, and `grouping`. */
import { count, each, groupBy, ofOdd, timeseries } from '../build.ts';
import type { Cases } from '../define.ts';

const spring = '2025-03-01/2025-03-03';
const fold = (more: object) => ({ type: 'expression', name: 'e', ...more });

const folds = {
  'null is contagious': { fields: ['l'], initialValue: '0', fold: '__acc + l', combine: '__acc + e' },
  'null inputs left out': {
    fields: ['l'],
    initialValue: '0',
    shouldAggregateNullInputs: false,
    fold: '__acc + l',
    combine: '__acc + e',
  },
  'a name of its own': {
    fields: ['l'],
    accumulatorIdentifier: 'acc',
    initialValue: '0',
    fold: 'acc + nvl(l, 0)',
    combine: 'acc + e',
  },
  'a double': { fields: ['d'], initialValue: '0.0', fold: '__acc + nvl(d, 0.0)', combine: '__acc + e' },
  finalized: {
    fields: ['l'],
    initialValue: '0',
    fold: 'if(isnull(l), __acc, __acc + 1)',
    combine: '__acc + e',
    finalize: 'o * 10',
  },
  'a set of longs': {
    fields: ['l'],
    initialValue: '<LONG>[]',
    fold: 'array_set_add(__acc, l)',
    combine: 'array_set_add_all(__acc, e)',
  },
  'a set of texts, joined': {
    fields: ['name'],
    initialValue: '<STRING>[]',
    fold: 'array_set_add(__acc, name)',
    combine: 'array_set_add_all(__acc, e)',
    finalize: "array_to_string(o, ';')",
  },
  bits: {
    fields: ['l'],
    initialValue: '0',
    fold: 'bitwiseOr(__acc, nvl(l, 0))',
    combine: 'bitwiseOr(__acc, e)',
  },
};

const none = { type: 'false' };
const few = { type: 'in', dimension: 'name', values: ['alpha', 'beta'] };
const grouping = (...groupings: string[]) => ({ type: 'grouping', name: 'g', groupings });

export const foldCases: Cases = {
  ...each(folds, (more) => timeseries('nested', spring, { aggregations: [fold(more)] })),
  'no rows': {
    query: timeseries('nested', spring, { filter: none, aggregations: [fold(folds['null is contagious'])] }),
  },
  'no rows, not null': {
    query: timeseries('nested', spring, {
      filter: none,
      aggregations: [fold({ ...folds['null is contagious'], isNullUnlessAggregated: false })],
    }),
  },
  'sets by group': {
    query: groupBy('odd', ofOdd, {
      dimensions: ['tags'],
      aggregations: [fold({ ...folds['a set of longs'], fields: ['n'], fold: 'array_set_add(__acc, n)' })],
    }),
  },
  'grouping of subtotals': {
    query: groupBy('odd', ofOdd, {
      dimensions: ['name', 'tags'],
      filter: few,
      subtotalsSpec: [['name', 'tags'], ['name'], ['tags'], []],
      aggregations: [count, grouping('name', 'tags')],
    }),
  },
  'grouping without subtotals': {
    query: groupBy('odd', ofOdd, { dimensions: ['name'], filter: few, aggregations: [grouping('name', 'size')] }),
  },
  'having a grouping': {
    query: groupBy('odd', ofOdd, {
      dimensions: ['name', 'size'],
      filter: few,
      subtotalsSpec: [['name'], ['size']],
      aggregations: [grouping('size')],
      having: { type: 'greaterThan', aggregation: 'g', value: 0 },
    }),
  },
  'grouping of a timeseries': {
    query: timeseries('odd', ofOdd, { aggregations: [grouping('name')] }),
  },
};

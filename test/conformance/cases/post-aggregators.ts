import { added, count, day, delta, each, timeseries } from '../build.ts';
import type { Cases } from '../define.ts';

const field = (fieldName: string) => ({ type: 'fieldAccess', fieldName });
const constant = (value: number) => ({ type: 'constant', name: 'c', value });
const arithmetic = (fn: string, ...fields: unknown[]) => ({ type: 'arithmetic', name: 'x', fn, fields });
const nothing = { type: 'longSum', name: 'nothing', fieldName: 'nothing' };

const specs = {
  plus: arithmetic('+', field('rows'), field('added')),
  minus: arithmetic('-', field('rows'), field('added'), constant(1)),
  times: arithmetic('*', field('delta'), constant(0.5)),
  divided: arithmetic('/', field('added'), field('rows')),
  'divided by zero': arithmetic('/', field('added'), constant(0)),
  quotient: arithmetic('quotient', field('added'), constant(0)),
  'quotient of zeros': arithmetic('quotient', constant(0), constant(0)),
  power: arithmetic('pow', constant(2), constant(10)),
  'with null': arithmetic('+', field('nothing'), constant(1)),
  'an unknown function': arithmetic('%', field('rows'), constant(2)),
  constant: { type: 'constant', name: 'x', value: 3 },
  'constant double': { type: 'constant', name: 'x', value: 2.5 },
  access: { type: 'fieldAccess', name: 'x', fieldName: 'added' },
  'finalizing access': { type: 'finalizingFieldAccess', name: 'x', fieldName: 'added' },
  'long greatest': { type: 'longGreatest', name: 'x', fields: [field('rows'), field('added')] },
  'long least': { type: 'longLeast', name: 'x', fields: [field('rows'), field('added')] },
  'double greatest': { type: 'doubleGreatest', name: 'x', fields: [field('delta'), constant(1)] },
  'double least': { type: 'doubleLeast', name: 'x', fields: [field('delta'), constant(1)] },
  'greatest with null': { type: 'longGreatest', name: 'x', fields: [field('nothing'), field('rows')] },
  nested: arithmetic('/', arithmetic('-', field('added'), field('delta')), arithmetic('+', field('rows'), constant(1))),
};

export const postAggregatorCases: Cases = each(specs, (spec) =>
  timeseries('wikipedia', day, { aggregations: [count, added, delta, nothing], postAggregations: [spec] }),
);

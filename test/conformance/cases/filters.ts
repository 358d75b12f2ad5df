import { added, count, day, each, ofOdd, timeseries } from '../build.ts';
import type { Cases } from '../define.ts';

const not = (field: unknown) => ({ type: 'not', field });
const selector = (dimension: string, value: unknown) => ({ type: 'selector', dimension, value });
const bound = (dimension: string, rest: object) => ({ type: 'bound', dimension, ...rest });
const equals = (column: string, matchValueType: string, matchValue: unknown) => ({
  type: 'equals',
  column,
  matchValueType,
  matchValue,
});
const range = (column: string, matchValueType: string, rest: object) => ({
  type: 'range',
  column,
  matchValueType,
  ...rest,
});
const like = (pattern: string, more: object = {}) => ({ type: 'like', dimension: 'name', pattern, ...more });
const regex = (pattern: string) => ({ type: 'regex', dimension: 'name', pattern });
const search = (query: object) => ({ type: 'search', dimension: 'name', query });
const into = (dimension: string, values: unknown[]) => ({ type: 'in', dimension, values });
const upper = { type: 'upper' };

const containing = (column: string) => ({
  type: 'arrayContainsElement',
  column,
  elementMatchValueType: 'STRING',
  elementMatchValue: null,
});

const overOdd = {
  'selector: text': selector('name', 'alpha'),
  'selector: null': selector('name', null),
  'selector: empty': selector('name', ''),
  'selector: no value': { type: 'selector', dimension: 'name' },
  'selector: one of several': selector('tags', 'x'),
  'selector: null of several': selector('tags', null),
  'selector: number': selector('n', '42'),
  'selector: number written otherwise': selector('n', '42.0'),
  'selector: no number': selector('n', 'abc'),
  'selector: null number': selector('n', null),
  'selector: double': selector('d', '3.25'),
  'selector: float': selector('f', 0.1),
  'selector: unknown column': selector('nothing', 'x'),
  'selector: null of an unknown column': selector('nothing', null),
  'selector: extraction': { ...selector('name', 'ALPHA'), extractionFn: upper },
  'selector: time': selector('__time', '1731283200000'),
  'not: text': not(selector('name', 'alpha')),
  'not: one of several': not(selector('tags', 'x')),
  'not: null': not(selector('name', null)),
  'not: unknown column': not(selector('nothing', 'x')),
  'not: bound with only an upper end': not(bound('name', { upper: 'b' })),
  'equals: text': equals('name', 'STRING', 'alpha'),
  'equals: long': equals('n', 'LONG', 42),
  'equals: double of a long': equals('n', 'DOUBLE', 42.5),
  'equals: long of text': equals('size', 'LONG', 10),
  'equals: one of several': equals('tags', 'STRING', 'z'),
  'null: text': { type: 'null', column: 'name' },
  'null: several': { type: 'null', column: 'tags' },
  'null: number': { type: 'null', column: 'n' },
  'null: unknown column': { type: 'null', column: 'nothing' },
  'in: texts': into('name', ['alpha', 'beta', 'nothing']),
  'in: with null': into('name', ['alpha', null]),
  'in: numbers as text': into('n', ['42', '7']),
  'in: none': into('name', []),
  'in: several': into('tags', ['a', 'z']),
  'not: in': not(into('name', ['alpha', 'beta'])),
  'not: in with null': not(into('name', ['alpha', null])),
  'bound: lower': bound('name', { lower: 'b' }),
  'bound: upper': bound('name', { upper: 'b' }),
  'bound: both, strict': bound('name', { lower: 'alpha', upper: 'gamma', lowerStrict: true, upperStrict: true }),
  'bound: numeric': bound('size', { lower: '8', upper: '12', ordering: 'numeric' }),
  'bound: numeric upper': bound('size', { upper: '9', ordering: 'numeric' }),
  'bound: numeric of a long': bound('n', { lower: '2', upper: '11.5', ordering: 'numeric' }),
  'bound: lexicographic of a long': bound('n', { lower: '2', upper: '5' }),
  'bound: alphanumeric': bound('name', { lower: 'file1', upper: 'file9', ordering: 'alphanumeric' }),
  'bound: strlen': bound('name', { lower: '1', upper: '5', ordering: 'strlen' }),
  'bound: several': bound('tags', { lower: 'y', upper: 'z' }),
  'bound: time': bound('__time', { lower: '1730000000000', upper: '1731400000000', ordering: 'numeric' }),
  'range: long': range('n', 'LONG', { lower: 2, upper: 42, upperOpen: true }),
  'range: upper only': range('n', 'LONG', { upper: 5 }),
  'range: text': range('name', 'STRING', { lower: 'alpha', upper: 'c' }),
  'range: double of text': range('size', 'DOUBLE', { lower: 8 }),
  'range: double': range('d', 'DOUBLE', { lower: 0.1, upper: 2.5, lowerOpen: true }),
  'like: beginning': like('al%'),
  'like: one character': like('file_'),
  'like: escape': like('100\\%', { escape: '\\' }),
  'like: all': like('%'),
  'like: umlaut': like('_'),
  'not: like': not(like('%a%')),
  'regex: somewhere': regex('am+a'),
  'regex: anchors': regex('^file\\d$'),
  'regex: case': regex('(?i)ALPHA'),
  'regex: empty': regex('^$'),
  'search: insensitive': search({ type: 'insensitive_contains', value: 'ALPH' }),
  'search: contains': search({ type: 'contains', value: 'Al', caseSensitive: true }),
  'search: fragments': search({ type: 'fragment', values: ['gam', 'del'] }),
  'column comparison': { type: 'columnComparison', dimensions: ['name', 'tags'] },
  'column comparison: numbers': { type: 'columnComparison', dimensions: ['n', 'size'] },
  'interval: time': { type: 'interval', dimension: '__time', intervals: ['2024-10-27/P1D', '2024-11-11/2024-11-12'] },
  'interval: number': {
    type: 'interval',
    dimension: 'n',
    intervals: ['1970-01-01T00:00:00.002Z/1970-01-01T00:00:00.008Z'],
  },
  true: { type: 'true' },
  false: { type: 'false' },
  'not: true': not({ type: 'true' }),
  'and: none': { type: 'and', fields: [] },
  'or: none': { type: 'or', fields: [] },
  'or with null': { type: 'or', fields: [selector('name', null), selector('tags', 'b')] },
  'and of not': { type: 'and', fields: [not(selector('tags', 'y')), not(selector('name', 'beta'))] },
  'array element: null in text': containing('name'),
  'not: array element: null in text': not(containing('name')),
  'not: array element: null in a list': not(containing('tags')),
  'not: array element: null in a number': not(containing('n')),
  'an unknown filter': { type: 'sieve', dimension: 'name' },
};

const overWikipedia = {
  'selector: channel': selector('channel', '#en.wikipedia'),
  'selector: several conditions': {
    type: 'and',
    fields: [
      selector('isRobot', 'false'),
      not(selector('countryName', null)),
      bound('added', { lower: '10', ordering: 'numeric' }),
    ],
  },
  'like: talk': { type: 'like', dimension: 'namespace', pattern: '%talk' },
  'regex: page': { type: 'regex', dimension: 'page', pattern: '^[A-D].*\\d' },
  'in: channels': into('channel', ['#de.wikipedia', '#fr.wikipedia', '#it.wikipedia']),
  'extraction: in': {
    type: 'in',
    dimension: 'channel',
    values: ['de', 'fr'],
    extractionFn: { type: 'regex', expr: '#(\\w+)' },
  },
  'metric: range': range('delta', 'DOUBLE', { lower: -10, upper: 10 }),
  'metro: null': { type: 'null', column: 'metroCode' },
};

/** Which rows, told by a sum of which each subset of the rows has another. */
export const filterCases: Cases = {
  ...each(overOdd, (filter) =>
    timeseries('odd', ofOdd, {
      filter,
      aggregations: [
        count,
        { type: 'longSum', name: 'n', fieldName: 'n' },
        { type: 'doubleSum', name: 'd', fieldName: 'd' },
      ],
    }),
  ),
  ...each(overWikipedia, (filter) => timeseries('wikipedia', day, { filter, aggregations: [count, added] })),
};

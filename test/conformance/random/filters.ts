/** Random filters and extraction functions. Types that the grammar does not know come from the catalogue's examples. */
import fc from 'fast-check';
import { entriesOf } from '../../../src/catalog/index.ts';
import {
  column,
  type Json,
  numberColumn,
  optional,
  record,
  some,
  text,
  textColumn,
  value,
  wholeNumber,
} from './atoms.ts';
import { intervals } from './columns.ts';
import { condition } from './expressions.ts';

/** Words by which examples name columns. */
const columnWords = new Set(['dimension', 'fieldName', 'column', 'leftColumn', 'rightColumn']);

/** An example of the catalogue about columns of ours, with values of ours where it names text. */
const retold = (spec: Json): fc.Arbitrary<Json> =>
  fc.tuple(textColumn, fc.array(text, { minLength: 8, maxLength: 8 })).map(([name, words]) => {
    let next = 0;
    const told = (key: string, given: unknown): unknown => {
      if (Array.isArray(given)) return given.map((element) => told(key, element));
      if (typeof given === 'object' && given !== null)
        return Object.fromEntries(Object.entries(given).map(([inner, each]) => [inner, told(inner, each)]));
      if (columnWords.has(key)) return name;
      return key === 'value' || key === 'values' ? words[next++ % words.length] : given;
    };
    return told('', spec) as Json;
  });

const exampleOf = (kind: 'filter' | 'extraction', left: readonly string[] = []) =>
  fc
    .constantFrom(
      ...entriesOf(kind)
        .filter(({ type }) => !left.includes(type))
        .flatMap(({ examples }): { readonly spec: Json }[] => [...examples]),
    )
    .chain(({ spec }) => retold(spec));

/** What a registered lookup answers is not in the query. */
export const extraction = exampleOf('extraction', ['registeredLookup']);
const ordering = fc.constantFrom('lexicographic', 'alphanumeric', 'numeric', 'strlen');

const filterGrammar = fc.letrec<{ filter: Json }>((tie) => {
  const filter = tie('filter') as fc.Arbitrary<Json>;
  return {
    filter: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      record({ type: fc.constant('selector'), dimension: textColumn, value: fc.oneof(value, fc.constant(null)) }),
      record({
        type: fc.constant('selector'),
        dimension: numberColumn,
        value: fc.oneof(wholeNumber, fc.constant(null)),
      }),
      optional(
        'bound',
        { dimension: textColumn, lower: value.map(String), ordering },
        { upper: value.map(String), lowerStrict: fc.boolean(), upperStrict: fc.boolean() },
      ),
      optional('bound', { dimension: textColumn, upper: value.map(String), ordering }, { upperStrict: fc.boolean() }),
      optional(
        'bound',
        { dimension: numberColumn, upper: value.map(String), ordering: fc.constantFrom('lexicographic', 'numeric') },
        { lower: value.map(String), upperStrict: fc.boolean() },
      ),
      record({ type: fc.constant('in'), dimension: textColumn, values: some(fc.oneof(value, fc.constant(null)), 4) }),
      record({
        type: fc.constant('in'),
        dimension: numberColumn,
        values: some(fc.oneof(wholeNumber, fc.constant(null)), 4),
      }),
      optional(
        'range',
        { column, matchValueType: fc.constant('STRING'), lower: text },
        { upper: text, lowerOpen: fc.boolean() },
      ),
      optional(
        'range',
        { column, matchValueType: fc.constantFrom('LONG', 'DOUBLE'), upper: fc.integer({ min: -30, max: 30 }) },
        { upperOpen: fc.boolean() },
      ),
      record({ type: fc.constant('equals'), column, matchValueType: fc.constant('STRING'), matchValue: text }),
      record({
        type: fc.constant('equals'),
        column,
        matchValueType: fc.constantFrom('LONG', 'DOUBLE'),
        matchValue: fc.integer({ min: -30, max: 30 }),
      }),
      record({ type: fc.constant('null'), column }),
      record({
        type: fc.constant('like'),
        dimension: column,
        pattern: fc.constantFrom('a%', '%b', '_', '%1_', '50!%', '%'),
      }),
      record({
        type: fc.constant('regex'),
        dimension: column,
        pattern: fc.constantFrom('^[a-c]', '\\d+', '^$', 'b|x', '.'),
      }),
      record({ type: fc.constant('columnComparison'), dimensions: fc.tuple(column, column) }),
      record({
        type: fc.constant('interval'),
        dimension: fc.constant('__time'),
        intervals: some(fc.constantFrom(...intervals), 2),
      }),
      record({ type: fc.constant('expression'), expression: condition }),
      record({ type: fc.constant('not'), field: filter }),
      record({ type: fc.constantFrom('and', 'or'), fields: some(filter) }),
      record({ type: fc.constantFrom('istrue', 'isfalse'), field: filter }),
      exampleOf('filter', ['javascript', 'spatial', 'interval']),
    ),
  };
});
export const filter = filterGrammar.filter;
/** Of an aggregator: where a bound says of null that it is outside, NOT lets it through there, though not in the query's filter. */
export const aggregatorFilter = filter.filter((given) => !/"(not|isfalse)".*"bound"/.test(JSON.stringify(given)));

/** listFiltered, regexFiltered, prefixFiltered: of a dimension's values only some. */
import { z } from 'zod';
import { join, or, type Sql, sql } from '../../sql.ts';
import {
  type Checked,
  compileDimension,
  type DimensionSpec,
  defineDimension,
  dimensionName,
  type Scope,
  specOf,
  type Value,
} from '../define.ts';
import { javaRegexSchema } from '../java-regex.ts';
import { asText } from '../numbers.ts';

const see = 'https://druid.apache.org/docs/latest/querying/dimensionspecs#filtered-dimensionspecs';

const delegateShape = { delegate: specOf('dimension') };

interface Filtered {
  readonly delegate: Checked<'dimension'>;
}

/** A dimension spec that keeps those values of another one that pass a test, which null passes or fails as well. */
const defineFiltered = <S extends Filtered>(
  type: string,
  summary: string,
  schema: z.ZodType<S>,
  keeps: (spec: S, text: Sql) => Sql,
  examples: DimensionSpec['examples'],
) =>
  defineDimension<S>({
    type,
    summary: `${summary} What a row has besides is left out: where nothing remains, groupBy counts it as null and topN leaves the row out.`,
    see,
    schema,
    outputName: (spec) => dimensionName(spec.delegate),
    compile: (spec, scope) => keptValues(spec.delegate, scope, (text) => keeps(spec, text)),
    examples,
  });

function keptValues(delegate: Checked<'dimension'>, scope: Scope, keeps: (text: Sql) => Sql): Value {
  const value = compileDimension(delegate, scope);
  const list = value.multiValue ? value.sql : sql`[${value.sql}]`;
  const text = asText({ sql: sql`v`, type: value.type }).sql;
  return {
    sql: sql`list_filter(${list}, lambda v: ${keeps(text)})`,
    type: value.type,
    multiValue: true,
    mayBeEmpty: true,
  };
}

/** Numbers as their text. */
const valueSchema = z.union([z.string(), z.number().transform(String), z.null()]);

function isListed(values: readonly (string | null)[], text: Sql): Sql {
  const known = values.filter((value) => value !== null);
  const conditions =
    known.length > 0 ? [sql`coalesce(${text} IN (${join(known.map((value) => sql`${value}`))}), false)`] : [];
  if (known.length < values.length) conditions.push(sql`${text} IS NULL`);
  return or(conditions);
}

const tags = [{ tags: ['x', 'y', 'xy'] }, { tags: 'y' }, {}];

export default [
  defineFiltered(
    'listFiltered',
    'The values that are in a list, or with isWhitelist false those that are not.',
    z.object({
      type: z.literal('listFiltered'),
      ...delegateShape,
      values: z.array(valueSchema),
      isWhitelist: z.boolean().nullish(),
    }),
    ({ values, isWhitelist }, text) =>
      isWhitelist === false ? sql`(NOT ${isListed(values, text)})` : isListed(values, text),
    [
      {
        spec: { type: 'listFiltered', delegate: 'tags', values: ['x', 'xy'] },
        events: tags,
        values: [['x', 'xy'], null, null],
      },
      {
        spec: { type: 'listFiltered', delegate: 'tags', values: ['x', 'xy'], isWhitelist: false },
        events: tags,
        values: ['y', 'y', null],
      },
    ],
  ),
  defineFiltered(
    'regexFiltered',
    'The values that match a regular expression from their first to their last character.',
    z.object({ type: z.literal('regexFiltered'), ...delegateShape, pattern: javaRegexSchema }),
    ({ pattern }, text) => sql`coalesce(regexp_full_match(${text}, ${pattern}), false)`,
    [
      {
        spec: { type: 'regexFiltered', delegate: 'tags', pattern: 'x.?' },
        events: tags,
        values: [['x', 'xy'], null, null],
      },
    ],
  ),
  defineFiltered(
    'prefixFiltered',
    'The values that begin with a text.',
    z.object({ type: z.literal('prefixFiltered'), ...delegateShape, prefix: z.string() }),
    ({ prefix }, text) => sql`coalesce(starts_with(${text}, ${prefix}), false)`,
    [
      {
        spec: {
          type: 'prefixFiltered',
          delegate: { type: 'default', dimension: 'tags', outputName: 'tag' },
          prefix: 'x',
        },
        events: tags,
        values: [['x', 'xy'], null, null],
      },
    ],
  ),
];

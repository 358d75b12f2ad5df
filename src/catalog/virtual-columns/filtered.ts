/** mv-filtered, mv-regex-filtered, mv-prefix-filtered: of a dimension's values only some, as the filtered dimension specs keep them. */
import { z } from 'zod';
import { compileDimension, type DimensionSpec, defineVirtualColumn, specOf } from '../define.ts';
import { javaRegexSchema } from '../java-regex.ts';

const see = 'https://druid.apache.org/docs/latest/querying/virtual-columns#list-filtered-virtual-column';

const shape = { name: z.string().min(1), delegate: specOf('dimension') };

const defineFiltered = <S extends { readonly name: string }>(
  type: string,
  summary: string,
  schema: z.ZodType<S>,
  /** JSON of the dimension spec that keeps the same. */
  dimensionOf: (spec: S) => Readonly<Record<string, unknown>>,
  examples: DimensionSpec['examples'],
) =>
  defineVirtualColumn<S>({
    type,
    summary,
    see,
    schema,
    outputName: (spec) => spec.name,
    compile: (spec, scope) => compileDimension(specOf('dimension').parse(dimensionOf(spec)), scope),
    examples,
  });

const events = [{ tags: ['x', 'y', 'xy'] }, { tags: ['x', 'y'] }, { tags: 'y' }];

export default [
  defineFiltered(
    'mv-filtered',
    'The values of a dimension that are in a list, or with isAllowList false those that are not.',
    z.object({
      type: z.literal('mv-filtered'),
      ...shape,
      values: z.array(z.union([z.string(), z.number(), z.null()])),
      isAllowList: z.boolean().nullish(),
    }),
    ({ delegate, values, isAllowList }) => ({
      type: 'listFiltered',
      delegate: delegate.json,
      values,
      isWhitelist: isAllowList,
    }),
    [
      {
        spec: { type: 'mv-filtered', name: 'v', delegate: 'tags', values: ['x', 'xy'] },
        events,
        values: [['x', 'xy'], 'x', null],
      },
      {
        spec: { type: 'mv-filtered', name: 'v', delegate: 'tags', values: ['x', 'xy'], isAllowList: false },
        events,
        values: ['y', 'y', 'y'],
      },
    ],
  ),
  defineFiltered(
    'mv-regex-filtered',
    'The values of a dimension that match a regular expression from their first to their last character.',
    z.object({ type: z.literal('mv-regex-filtered'), ...shape, pattern: javaRegexSchema }),
    ({ delegate, pattern }) => ({ type: 'regexFiltered', delegate: delegate.json, pattern }),
    [
      {
        spec: { type: 'mv-regex-filtered', name: 'v', delegate: 'tags', pattern: 'x.?' },
        events,
        values: [['x', 'xy'], 'x', null],
      },
    ],
  ),
  defineFiltered(
    'mv-prefix-filtered',
    'The values of a dimension that begin with a text.',
    z.object({ type: z.literal('mv-prefix-filtered'), ...shape, prefix: z.string() }),
    ({ delegate, prefix }) => ({ type: 'prefixFiltered', delegate: delegate.json, prefix }),
    [
      {
        spec: { type: 'mv-prefix-filtered', name: 'v', delegate: 'tags', prefix: 'x' },
        events,
        values: [['x', 'xy'], 'x', null],
      },
    ],
  ),
];

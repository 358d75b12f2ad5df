import { z } from 'zod';
import { sql } from '../../sql.ts';
import { defineExtraction } from '../define.ts';
import { groupCount, javaRegexSchema } from '../java-regex.ts';

/** The engine gives back no group beyond the ninth. */
const maxGroup = 9;

const schema = z
  .object({
    type: z.literal('regex'),
    expr: javaRegexSchema,
    index: z.number().int().min(0).max(maxGroup).default(1),
    replaceMissingValue: z.boolean().default(false),
    replaceMissingValueWith: z.string().nullish(),
  })
  .refine((spec) => spec.index <= groupCount(spec.expr), {
    error: 'the expression has no group of that index',
    path: ['index'],
  });

export default defineExtraction<z.infer<typeof schema>>({
  type: 'regex',
  summary:
    'What a group of a Java regular expression matches; where nothing matches, the text as it is or a replacement.',
  see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#regular-expression-extraction-function',
  schema,
  compile: (spec, input) => {
    const missing = spec.replaceMissingValue ? sql`${spec.replaceMissingValueWith ?? null}` : input;
    const matches = sql`regexp_matches(${input}, ${spec.expr})`;
    return sql`CASE WHEN ${matches} THEN regexp_extract(${input}, ${spec.expr}, ${spec.index}) ELSE ${missing} END`;
  },
  examples: [
    {
      spec: { type: 'regex', expr: '(\\w\\w\\w).*' },
      pairs: [
        ['foo1', 'foo'],
        ['xy', 'xy'],
        [null, null],
      ],
    },
    {
      spec: {
        type: 'regex',
        expr: '^([a-z]+)(\\d+)$',
        index: 2,
        replaceMissingValue: true,
        replaceMissingValueWith: 'none',
      },
      pairs: [
        ['abc12', '12'],
        ['abc', 'none'],
        [null, 'none'],
      ],
    },
    {
      spec: { type: 'regex', expr: 'b+', index: 0, replaceMissingValue: true },
      pairs: [
        ['abbc', 'bb'],
        ['c', null],
      ],
    },
  ],
});

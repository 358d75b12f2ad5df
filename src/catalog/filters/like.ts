import { z } from 'zod';
import { sql } from '../../sql.ts';
import { anyValue, defineFilter } from '../define.ts';
import { asText } from '../numbers.ts';
import { operand, operandShape } from '../operand.ts';

const schema = z
  .object({
    type: z.literal('like'),
    ...operandShape,
    pattern: z.string(),
    escape: z.string().length(1).nullish(),
  })
  .refine((spec) => !spec.escape || !endsInEscape(spec.pattern, spec.escape), {
    error: 'a character must follow the escape character',
    path: ['pattern'],
  });

function endsInEscape(pattern: string, escapeCharacter: string): boolean {
  let escaping = false;
  for (const character of pattern) escaping = !escaping && character === escapeCharacter;
  return escaping;
}

export default defineFilter<z.infer<typeof schema>>({
  type: 'like',
  summary: 'Passes the rows whose value matches an SQL LIKE pattern: `%` for any text, `_` for one character.',
  see: 'https://druid.apache.org/docs/latest/querying/filters#like-filter',
  schema,
  compile: (spec, scope) => {
    const escapeClause = spec.escape ? sql` ESCAPE ${spec.escape}` : sql``;
    return anyValue(asText(operand(spec, scope)), (single) => sql`(${single} LIKE ${spec.pattern}${escapeClause})`);
  },
  examples: [
    {
      spec: { type: 'like', dimension: 'a', pattern: 'D%' },
      matches: [{ a: 'D' }, { a: 'Doe' }, { a: ['x', 'Dy'] }],
      rejects: [{ a: 'doe' }, { a: 'xD' }, {}],
    },
    {
      spec: { type: 'like', dimension: 'a', pattern: 'a_c' },
      matches: [{ a: 'abc' }],
      rejects: [{ a: 'ac' }, { a: 'abcd' }],
    },
    {
      spec: { type: 'like', dimension: 'a', pattern: '100\\%', escape: '\\' },
      matches: [{ a: '100%' }],
      rejects: [{ a: '1000' }, { a: '100\\%' }],
    },
  ],
});

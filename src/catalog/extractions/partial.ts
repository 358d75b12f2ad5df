import { z } from 'zod';
import { sql } from '../../sql.ts';
import { defineExtraction } from '../define.ts';
import { javaRegexSchema } from '../java-regex.ts';

const schema = z.object({ type: z.literal('partial'), expr: javaRegexSchema });

export default defineExtraction<z.infer<typeof schema>>({
  type: 'partial',
  summary: 'The text as it is where a Java regular expression finds a match in it, else null.',
  see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#partial-extraction-function',
  schema,
  compile: (spec, input) => sql`CASE WHEN regexp_matches(${input}, ${spec.expr}) THEN ${input} END`,
  examples: [
    {
      spec: { type: 'partial', expr: 'o+' },
      pairs: [
        ['foo', 'foo'],
        ['bar', null],
        [null, null],
      ],
    },
  ],
});

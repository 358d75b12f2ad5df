import { z } from 'zod';
import { sql } from '../../sql.ts';
import { defineExtraction } from '../define.ts';

const schema = z.object({ type: z.literal('strlen') });

export default defineExtraction<z.infer<typeof schema>>({
  type: 'strlen',
  summary: 'How many characters the text has.',
  see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#strlen-extraction-function',
  schema,
  compile: (_, input) => sql`CAST(length(${input}) AS VARCHAR)`,
  examples: [
    {
      spec: { type: 'strlen' },
      pairs: [
        ['Größe', '5'],
        ['', '0'],
        [null, null],
      ],
    },
  ],
});

import { z } from 'zod';
import { sql } from '../../sql.ts';
import { defineExtraction } from '../define.ts';

const schema = z.object({
  type: z.literal('substring'),
  index: z.number().int().min(0),
  length: z.number().int().positive().nullish(),
});

export default defineExtraction<z.infer<typeof schema>>({
  type: 'substring',
  summary:
    'The text from an index on, counted from 0, at most so many characters; null where the text is not that long.',
  see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#substring-extraction-function',
  schema,
  compile: ({ index, length }, input) => {
    const rest = length ? sql`substring(${input}, ${index + 1}, ${length})` : sql`substring(${input}, ${index + 1})`;
    return sql`nullif(${rest}, '')`;
  },
  examples: [
    {
      spec: { type: 'substring', index: 1, length: 4 },
      pairs: [
        ['wonderful', 'onde'],
        ['won', 'on'],
        ['w', null],
        ['', null],
      ],
    },
    { spec: { type: 'substring', index: 3 }, pairs: [['wonderful', 'derful']] },
  ],
});

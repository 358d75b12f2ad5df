import { z } from 'zod';
import { defineExtraction } from '../define.ts';

const schema = z.object({ type: z.literal('identity') });

export default defineExtraction<z.infer<typeof schema>>({
  type: 'identity',
  summary: 'The text as it is.',
  see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#extraction-functions',
  schema,
  compile: (_, input) => input,
  examples: [
    {
      spec: { type: 'identity' },
      pairs: [
        ['x', 'x'],
        [null, null],
      ],
    },
  ],
});

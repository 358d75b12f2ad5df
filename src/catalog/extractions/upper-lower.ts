import { z } from 'zod';
import { sql } from '../../sql.ts';
import { defineExtraction } from '../define.ts';

const schemaOf = (type: string) => z.object({ type: z.literal(type), locale: z.string().nullish() });

export default [
  defineExtraction<{ type: string }>({
    type: 'upper',
    summary: 'The text in upper case.',
    see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#upper-and-lower-extraction-functions',
    schema: schemaOf('upper'),
    compile: (_, input) => sql`upper(${input})`,
    examples: [
      {
        spec: { type: 'upper' },
        pairs: [
          ['Stück 1', 'STÜCK 1'],
          [null, null],
        ],
      },
    ],
  }),
  defineExtraction<{ type: string }>({
    type: 'lower',
    summary: 'The text in lower case.',
    see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#upper-and-lower-extraction-functions',
    schema: schemaOf('lower'),
    compile: (_, input) => sql`lower(${input})`,
    examples: [
      {
        spec: { type: 'lower' },
        pairs: [
          ['ÄB', 'äb'],
          [null, null],
        ],
      },
    ],
  }),
];

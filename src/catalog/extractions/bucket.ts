import { z } from 'zod';
import { sql } from '../../sql.ts';
import { defineExtraction } from '../define.ts';

const schema = z.object({
  type: z.literal('bucket'),
  size: z.coerce.number().positive().default(1),
  offset: z.coerce.number().default(0),
});

export default defineExtraction<z.infer<typeof schema>>({
  type: 'bucket',
  summary: 'The lower end of the bucket that a number falls into; null for what is no number.',
  see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#bucket-extraction-function',
  schema,
  compile: ({ size, offset }, input) => {
    const [number, width, first] = [
      sql`TRY_CAST(${input} AS DOUBLE)`,
      sql`CAST(${size} AS DOUBLE)`,
      sql`CAST(${offset} AS DOUBLE)`,
    ];
    const start = sql`(floor((${number} - ${first}) / ${width}) * ${width} + ${first})`;
    return sql`coalesce(CASE WHEN ${start} = trunc(${start}) THEN CAST(TRY_CAST(${start} AS BIGINT) AS VARCHAR) END, CAST(${start} AS VARCHAR))`;
  },
  examples: [
    {
      spec: { type: 'bucket', size: 5, offset: 2 },
      pairs: [
        ['1', '-3'],
        ['2', '2'],
        ['6.9', '2'],
        ['7', '7'],
        ['x', null],
        [null, null],
      ],
    },
    {
      spec: { type: 'bucket', size: 0.5 },
      pairs: [
        ['0.7', '0.5'],
        ['1.2', '1'],
      ],
    },
  ],
});

import { z } from 'zod';
import { sql } from '../../sql.ts';
import { defineExtraction, type TypeIssueParams } from '../define.ts';
import { tokenizeJoda } from '../joda.ts';
import { printJoda } from '../joda-print.ts';
import { jodaTimestamp } from '../timestamps.ts';

const notYet: TypeIssueParams = { unsupported: true };

const pattern = z
  .string()
  .refine((text) => tokenizeJoda(text) !== undefined, { error: 'expected a date pattern such as yyyy-MM-dd' });

const schema = z.object({
  type: z.literal('time'),
  timeFormat: pattern.refine((text) => jodaTimestamp(text, sql`x`) !== undefined, {
    error: 'reading this date pattern is not supported yet',
    params: notYet,
  }),
  resultFormat: pattern,
  /** Whether the patterns are Joda's or Java's SimpleDateFormat's: alike in all letters that are supported. */
  joda: z.boolean().nullish(),
});

export default defineExtraction<z.infer<typeof schema>>({
  type: 'time',
  summary: 'Text in one date pattern, printed in another one. What is not in the first stays as it is.',
  see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#time-parsing-extraction-function',
  schema,
  compile: ({ timeFormat, resultFormat }, input) => {
    const printer = { tokens: tokenizeJoda(resultFormat) ?? [], timeZone: 'UTC', locale: 'en' };
    return sql`coalesce(${printJoda(printer, jodaTimestamp(timeFormat, input) ?? sql`NULL::TIMESTAMP`)}, ${input})`;
  },
  examples: [
    {
      spec: { type: 'time', timeFormat: 'dd/MM/yyyy', resultFormat: 'yyyy-MM', joda: true },
      pairs: [
        ['12/09/2015', '2015-09'],
        ['x', 'x'],
        [null, null],
      ],
    },
  ],
});

import { z } from 'zod';
import { type Sql, sql } from '../../sql.ts';
import { compileGranularity, defineExtraction, specOf } from '../define.ts';
import { tokenizeJoda } from '../joda.ts';
import { printJoda } from '../joda-print.ts';
import { localeSchema } from '../locale.ts';
import { isoTimestamp } from '../timestamps.ts';
import { canonicalZone } from '../zone.ts';

const schema = z.object({
  type: z.literal('timeFormat'),
  format: z
    .string()
    .refine((pattern) => tokenizeJoda(pattern) !== undefined, { error: 'expected a Joda pattern such as yyyy-MM-dd' })
    .nullish(),
  timeZone: z.string().nullish(),
  locale: localeSchema,
  granularity: specOf('granularity').nullish(),
  /** Milliseconds instead of text, as long as neither a format nor a zone is given. */
  asMillis: z.boolean().nullish(),
});

function print(spec: z.infer<typeof schema>, time: Sql): Sql {
  const timeZone = canonicalZone(spec.timeZone ?? 'UTC');
  const buckets = spec.granularity ? compileGranularity(spec.granularity) : undefined;
  // Druid puts all of time at 1970, too.
  const floored = buckets?.extent === 'all' ? sql`make_timestamp_ms(0)` : buckets ? buckets.floor(time) : time;
  if (spec.asMillis && !spec.format && !spec.timeZone) return sql`CAST(epoch_ms(${floored}) AS VARCHAR)`;
  const pattern = spec.format ?? `yyyy-MM-dd'T'HH:mm:ss.SSS${timeZone === 'UTC' ? "'Z'" : 'ZZ'}`;
  return printJoda({ tokens: tokenizeJoda(pattern) ?? [], timeZone, locale: spec.locale }, floored);
}

export default defineExtraction<z.infer<typeof schema>>({
  type: 'timeFormat',
  summary:
    'A time in a Joda pattern, a zone and a locale; without a pattern in ISO 8601. For __time, and for dimensions that hold milliseconds or ISO 8601.',
  see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#time-format-extraction-function',
  schema,
  compile: (spec, input) =>
    print(
      spec,
      sql`coalesce(TRY(make_timestamp_ms(TRY_CAST(${input} AS BIGINT))), ${isoTimestamp(input, { blank: false })})`,
    ),
  compileTime: print,
  examples: [
    {
      spec: { type: 'timeFormat', format: 'EEEE', timeZone: 'America/Montreal', locale: 'fr' },
      pairs: [['1442068033512', 'samedi']],
    },
    {
      spec: { type: 'timeFormat' },
      pairs: [
        ['1442068033512', '2015-09-12T14:27:13.512Z'],
        ['2015-09-12T14:27:13Z', '2015-09-12T14:27:13.000Z'],
        ['x', null],
        [null, null],
      ],
    },
    {
      spec: { type: 'timeFormat', granularity: 'day', asMillis: true },
      pairs: [['1442068033512', '1442016000000']],
    },
    {
      spec: { type: 'timeFormat', timeZone: 'Europe/Berlin' },
      pairs: [['1442068033512', '2015-09-12T16:27:13.512+02:00']],
    },
    {
      spec: { type: 'timeFormat', format: "EEE d MMM yy, h:mm a 'week' w e", granularity: 'day' },
      pairs: [['1442068033512', 'Sat 12 Sep 15, 12:00 AM week 37 6']],
    },
    {
      spec: { type: 'timeFormat', format: 'yyyyDDD kk SS Z G C', timeZone: '-03:30' },
      pairs: [['1442068033512', '2015255 10 51 -0330 AD 20']],
    },
  ],
});

import { z } from 'zod';
import { join, type Sql, sql } from '../../sql.ts';
import { defineExtraction } from '../define.ts';

/** What Java's String.format knows for a text: `%s` with flags, width and precision, `%S`, and `%%`, `%n`. */
const conversion = /%(?:1\$)?(-?)(\d*)(?:\.(\d+))?([sSn%])/g;

const schema = z.object({
  type: z.literal('stringFormat'),
  format: z.string().refine((format) => !format.replaceAll(conversion, '').includes('%'), {
    error: 'expected a format with %s in it, such as [%s]',
  }),
  nullHandling: z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(['nullstring', 'emptystring', 'returnnull']))
    .default('nullstring'),
});

function partOf([, left, width, precision, letter]: readonly (string | undefined)[], input: Sql): Sql {
  if (letter === '%' || letter === 'n') return sql`${letter === 'n' ? '\n' : '%'}`;
  const cut = precision ? sql`left(${input}, ${Number(precision)})` : input;
  const text = letter === 'S' ? sql`upper(${cut})` : cut;
  if (!width) return text;
  // lpad and rpad would cut a longer text.
  const wide = sql`greatest(length(${text}), ${Number(width)})`;
  return sql`${left ? sql`rpad` : sql`lpad`}(${text}, CAST(${wide} AS INTEGER), ' ')`;
}

export default defineExtraction<z.infer<typeof schema>>({
  type: 'stringFormat',
  summary:
    'The text put into a Java format. Null is the text null, the empty text, or stays null, as nullHandling says.',
  see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#string-format-extraction-function',
  schema,
  compile: ({ format, nullHandling }, input) => {
    const value =
      nullHandling === 'returnnull' ? input : sql`coalesce(${input}, ${nullHandling === 'nullstring' ? 'null' : ''})`;
    const parts = [sql`CASE WHEN ${value} IS NOT NULL THEN '' END`];
    let end = 0;
    for (const match of format.matchAll(conversion)) {
      parts.push(sql`${format.slice(end, match.index)}`, partOf(match, value));
      end = match.index + match[0].length;
    }
    return sql`(${join([...parts, sql`${format.slice(end)}`], ' || ')})`;
  },
  examples: [
    {
      spec: { type: 'stringFormat', format: '[%s]' },
      pairs: [
        ['x', '[x]'],
        [null, '[null]'],
      ],
    },
    { spec: { type: 'stringFormat', format: '[%s]', nullHandling: 'emptyString' }, pairs: [[null, '[]']] },
    { spec: { type: 'stringFormat', format: '[%s]', nullHandling: 'returnNull' }, pairs: [[null, null]] },
    { spec: { type: 'stringFormat', format: '%5s|%-4S|%.2s 100%%' }, pairs: [['abc', '  abc|ABC |ab 100%']] },
    { spec: { type: 'stringFormat', format: '%2s' }, pairs: [['abc', 'abc']] },
  ],
});

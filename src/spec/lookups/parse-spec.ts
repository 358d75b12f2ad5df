/** How a lookup's file is written: its namespaceParseSpec. https://druid.apache.org/docs/latest/querying/lookups-cached-global#parseSpec */
import { z } from 'zod';
import { memberPointer } from '../../catalog/json-path.ts';
import { ident, join, type Sql, sql } from '../../sql.ts';
import { byType } from './by-type.ts';

/** A file's path → a SELECT of `k` and `v`. */
export type EntriesOf = (path: string) => Sql;

const flatShape = {
  columns: z.array(z.string().min(1)).min(2).nullish(),
  keyColumn: z.string().min(1).nullish(),
  valueColumn: z.string().min(1).nullish(),
  hasHeaderRow: z.boolean().nullish(),
  skipHeaderRows: z.int().min(0).nullish(),
};
type Flat = z.infer<z.ZodObject<typeof flatShape>>;

/** Either `columns` or the file's header names the columns. */
const named = ({ columns, hasHeaderRow, keyColumn, valueColumn }: Flat) =>
  columns
    ? [keyColumn, valueColumn].every((name) => !name || columns.includes(name))
    : hasHeaderRow === true && Boolean(keyColumn && valueColumn);
const namedMessage = {
  error:
    'expected the columns of the file, keyColumn and valueColumn among them; or hasHeaderRow, keyColumn and valueColumn',
  path: ['columns'],
};

/** What each format is written as, for the reference. */
export const parseSpecFields = {
  csv: z.object({ format: z.literal('csv'), ...flatShape }),
  tsv: z.object({
    format: z.literal('tsv'),
    ...flatShape,
    delimiter: z.string().min(1).nullish(),
    listDelimiter: z.string().nullish(),
  }),
  customJson: z.object({
    format: z.literal('customJson'),
    keyFieldName: z.string().min(1),
    valueFieldName: z.string().min(1),
  }),
  simpleJson: z.object({ format: z.literal('simpleJson') }),
};

const csvSchema = parseSpecFields.csv.refine(named, namedMessage).transform(
  (spec): EntriesOf =>
    (path) =>
      flatEntries(path, spec, sql`delim = ',', quote = '"', escape = '"'`),
);

const tsvSchema = parseSpecFields.tsv.refine(named, namedMessage).transform(
  (spec): EntriesOf =>
    (path) =>
      flatEntries(path, spec, sql`delim = ${spec.delimiter ?? '\t'}, quote = '', escape = ''`),
);

/** An empty field is an empty text. */
const neverNull = '\u0001';

/** By default the first column is the key and the second the value. */
function flatEntries(path: string, spec: Flat, form: Sql): Sql {
  const { columns, keyColumn, valueColumn, hasHeaderRow, skipHeaderRows } = spec;
  const [key, value] = [keyColumn ?? columns?.[0], valueColumn ?? columns?.[1]] as [string, string];
  const skip = (skipHeaderRows ?? 0) + (columns && hasHeaderRow ? 1 : 0);
  const shape = columns
    ? sql`columns = {${join(columns.map((name) => sql`${name}: 'VARCHAR'`))}}, auto_detect = false, header = false`
    : sql`all_varchar = true, header = true`;
  return sql`SELECT ${ident(key)} AS k, ${ident(value)} AS v FROM read_csv(${path}, ${form}, ${shape}, skip = ${skip}, nullstr = ${neverNull})`;
}

const customJsonSchema = parseSpecFields.customJson.transform(
  ({ keyFieldName, valueFieldName }): EntriesOf =>
    (path) =>
      sql`SELECT json ->> ${memberPointer(keyFieldName)} AS k, json ->> ${memberPointer(valueFieldName)} AS v FROM read_ndjson_objects(${path})`,
);

const simpleJsonSchema = parseSpecFields.simpleJson.transform(
  (): EntriesOf => (path) =>
    sql`
    SELECT e.key AS k, e.value ->> '$' AS v
    FROM (SELECT json, row_number() OVER () AS line FROM read_ndjson_objects(${path})) AS r, json_each(r.json) AS e ORDER BY line`,
);

export const parseSpecSchema: z.ZodType<EntriesOf> = byType({
  what: 'namespaceParseSpec',
  field: 'format',
  schemas: new Map<string, z.ZodType<EntriesOf>>([
    ['csv', csvSchema],
    ['tsv', tsvSchema],
    ['customJson', customJsonSchema],
    ['simpleJson', simpleJsonSchema],
  ]),
  lacking: [],
});

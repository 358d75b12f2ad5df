import { z } from 'zod';
import type { Scope, TypeIssueParams, Value } from '../../catalog/index.ts';
import { join, type Sql, sql } from '../../sql.ts';
import type { TableView } from '../../store/table.ts';
import { derivedView, epoch } from '../data-sources/view.ts';
import { defineQueryType, type Plan, type PlanContext, QueryMistake, type RowBatch } from '../define.ts';
import { arrayPrinter, type Column, columnOf, objectPrinter, type PrintRow } from '../encode.ts';
import { type Source, sourceOf } from '../source.ts';
import { countSchema, rowsShape } from './common.ts';

const notYet: TypeIssueParams = { unsupported: true };

const orderSchema = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum(['none', 'ascending', 'descending']));

const schema = z.object({
  queryType: z.literal('scan'),
  ...rowsShape,
  columns: z.array(z.string()).nullish(),
  limit: countSchema.nullish(),
  offset: countSchema.nullish(),
  batchSize: countSchema.nullish(),
  order: orderSchema.default('none'),
  orderBy: z
    .array(z.object({ columnName: z.string().min(1), order: orderSchema }))
    .nullish()
    .transform((orderBy) => orderBy ?? []),
  resultFormat: z
    .enum(['list', 'compactedList', 'valueVector'])
    .default('list')
    .refine((format) => format !== 'valueVector', {
      error: "resultFormat 'valueVector' is not supported",
      params: notYet,
    }),
});

type Query = z.infer<typeof schema>;

/** Druid's default. */
const defaultBatchSize = 20_480;

/** `[{"segmentId":null,"columns":[…],"events":[…],"rowSignature":[…]}]`, an object for each batch of rows. */
export default defineQueryType<Query>({
  type: 'scan',
  summary: 'Rows as they are stored.',
  see: 'https://druid.apache.org/docs/latest/querying/scan-query',
  schema,
  plan: (query, context): Plan => {
    const { source, names, known, from } = scannedOf(query, context);
    const columns = names.map((name) => columnOf(name, shown(source.scope.column(name))));
    const statement = sql`SELECT ${join(columns.map((column) => column.sql))} ${from}`;
    const signature = names.map((name) => ({
      name,
      ...(known.has(name) && { type: source.scope.column(name).type }),
    }));
    const list = query.resultFormat === 'list';
    return {
      statement,
      mostRows: query.limit || undefined,
      shape: (batches) =>
        printBatches(batches, {
          size: query.batchSize || defaultBatchSize,
          head: headOf(columns),
          tail: `],"rowSignature":${JSON.stringify(signature)}}`,
          print: list ? objectPrinter(columns) : arrayPrinter(columns),
        }),
    };
  },
  view: (query, context) => {
    const { source, names, from } = scannedOf(query, context);
    return derivedView({
      name: query.dataSource.name,
      columns: names
        .filter((name) => name !== '__time')
        .map((name) => ({ name, kind: 'dimension', value: source.scope.column(name) })),
      time: names.includes('__time') ? source.scope.time : epoch,
      isTimeless: !names.includes('__time'),
      from,
    });
  },
});

interface Scanned {
  readonly source: Source;
  readonly names: readonly string[];
  /** Of the columns that there are. */
  readonly known: ReadonlySet<string>;
  /** `FROM … ORDER BY … LIMIT …`. */
  readonly from: Sql;
}

function scannedOf(query: Query, context: PlanContext): Scanned {
  const source = sourceOf(query, context);
  const known = [...stored(source.table), ...source.virtualColumns];
  return {
    source,
    names: query.columns?.length ? query.columns : known,
    known: new Set(['__time', ...known]),
    // Druid takes a limit of 0 for none.
    from: sql`
      ${source.from} ${orderOf(query, source.scope)}
      ${query.limit ? sql`LIMIT ${query.limit}` : sql``} ${query.offset ? sql`OFFSET ${query.offset}` : sql``}`,
  };
}

/** The values of a column as a scan shows them. */
const shown = (value: Value): Value => (value.json ? { sql: value.json, type: 'COMPLEX<json>' } : value);

const stored = ({ columns, isTimeless }: TableView) => [...(isTimeless ? [] : ['__time']), ...columns.keys()];

function orderOf({ order, orderBy }: Query, scope: Scope): Sql {
  const byTime = order === 'none' ? [] : [{ columnName: '__time', order }];
  if (
    order !== 'none' &&
    orderBy.length > 0 &&
    (orderBy.length > 1 || orderBy[0]?.columnName !== '__time' || orderBy[0].order !== order)
  )
    throw new QueryMistake(
      ['orderBy'],
      `'order' says ${order}; expected an orderBy of __time alone, or only one of the two`,
    );
  const terms = (orderBy.length > 0 ? orderBy : byTime).map(({ columnName, order: direction }) => {
    const value = columnName === '__time' ? scope.time : scope.column(columnName).sql;
    return direction === 'descending' ? sql`${value} DESC NULLS LAST` : sql`${value} ASC NULLS FIRST`;
  });
  return terms.length === 0 ? sql`` : sql`ORDER BY ${join(terms)}`;
}

/** There are no segments' ids to tell: Druid, too, has none where it merged several segments. */
const headOf = (columns: readonly Column[]) =>
  `{"segmentId":null,"columns":${JSON.stringify(columns.map(({ name }) => name))},"events":[`;

interface BatchForm {
  readonly size: number;
  readonly head: string;
  readonly tail: string;
  readonly print: PrintRow;
}

async function* printBatches(batches: AsyncIterable<RowBatch>, form: BatchForm): AsyncGenerator<string> {
  let inBatch = 0;
  let text = '[';
  for await (const batch of batches) {
    for (let row = 0; row < batch.rowCount; row++) {
      if (inBatch === form.size) {
        text += `${form.tail},`;
        inBatch = 0;
      }
      text += (inBatch === 0 ? form.head : ',') + form.print(batch, row);
      inBatch++;
    }
    yield text;
    text = '';
  }
  yield `${text}${inBatch > 0 ? form.tail : ''}]`;
}

import { z } from 'zod';
import type { ColumnType, Value } from '../../catalog/index.ts';
import { givenOutputTypeSchema } from '../../catalog/output-type.ts';
import { ident, join, type Sql, sql } from '../../sql.ts';
import type { DataSourceType, QueriedData } from './define.ts';
import { type DerivedColumn, derivedView, epoch } from './view.ts';

const cellSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
type Cell = z.infer<typeof cellSchema>;

const sqlTypes = { STRING: sql`VARCHAR`, LONG: sql`BIGINT`, FLOAT: sql`FLOAT`, DOUBLE: sql`DOUBLE` };
type InlineType = keyof typeof sqlTypes;

const schema = z
  .object({
    type: z.literal('inline'),
    columnNames: z.array(z.string().min(1)).min(1),
    columnTypes: z.array(givenOutputTypeSchema).nullish(),
    rows: z.array(z.array(z.union([cellSchema, z.array(cellSchema)]))),
  })
  .superRefine(({ columnNames, columnTypes, rows }, context) => {
    const expect = (length: number, path: PropertyKey[]) => {
      if (length !== columnNames.length)
        context.addIssue({
          code: 'custom',
          path,
          message: `expected as many elements as there are columnNames, ${columnNames.length}; got ${length}`,
        });
    };
    const twice = columnNames.findIndex((name, i) => columnNames.indexOf(name) < i);
    if (twice >= 0)
      context.addIssue({
        code: 'custom',
        path: ['columnNames', twice],
        message: `two columns are named '${columnNames[twice]}'`,
      });
    if (columnTypes) expect(columnTypes.length, ['columnTypes']);
    for (const [i, row] of rows.entries()) expect(row.length, ['rows', i]);
  });

type Inline = z.infer<typeof schema>;

export default {
  type: 'inline',
  summary:
    'Rows that the query brings along. A column named __time holds milliseconds; without one all rows are of 1970. A column without a type has that of its values.',
  see: 'https://druid.apache.org/docs/latest/querying/datasource#inline',
  schema: schema.transform(
    (inline): QueriedData => ({ name: 'inline', view: () => derivedView({ name: 'inline', ...rowsOf(inline) }) }),
  ),
} satisfies DataSourceType;

function rowsOf({ columnNames, columnTypes, rows }: Inline) {
  const cells = columnNames.map((_, i) => rows.map((row) => row[i] as Cell | Cell[]));
  const values = cells.map((column, i) => valueOfColumn(ident(`v${i}`), columnTypes?.[i], column));
  const tuples = rows.map((row) => sql`(${join(row.map((cell, i) => literalOf(cell, values[i] as Value)))})`);
  const names = join(values.map((_, i) => ident(`v${i}`)));
  // VALUES wants a row.
  const none = sql`(${join(values.map((value) => literalOf(null, value)))})`;
  const relation = sql`FROM (VALUES ${join(tuples.length > 0 ? tuples : [none])}) AS v(${names}) WHERE ${tuples.length > 0}`;
  const time = columnNames.indexOf('__time');
  return {
    columns: columnNames.flatMap((name, i): DerivedColumn[] =>
      i === time ? [] : [{ name, kind: 'dimension', value: values[i] as Value }],
    ),
    time: time < 0 ? epoch : sql`make_timestamp_ms(CAST(${ident(`v${time}`)} AS BIGINT))`,
    isTimeless: time < 0,
    from: relation,
  };
}

function valueOfColumn(name: Sql, type: InlineType | undefined, cells: readonly (Cell | Cell[])[]): Value {
  if (cells.some(Array.isArray)) return { sql: name, type: 'STRING', multiValue: true };
  return { sql: name, type: type ?? typeOfCells(cells.flat().filter((cell) => cell !== null)) };
}

function typeOfCells(cells: readonly Cell[]): InlineType {
  if (cells.length === 0 || !cells.every((cell) => typeof cell === 'number')) return 'STRING';
  return cells.every(Number.isInteger) ? 'LONG' : 'DOUBLE';
}

function literalOf(cell: Cell | Cell[], { type, multiValue }: { type: ColumnType; multiValue?: boolean }): Sql {
  const text = (one: Cell) => (one === null ? null : String(one));
  if (multiValue) {
    const list = Array.isArray(cell) && cell.length > 0 ? cell : [Array.isArray(cell) ? null : cell];
    return sql`CAST([${join(list.map((one) => sql`${text(one)}`))}] AS VARCHAR[])`;
  }
  return sql`TRY_CAST(${text(cell as Cell)} AS ${sqlTypes[type as InlineType]})`;
}

import { z } from 'zod';
import { type Equality, joinCondition } from '../../catalog/expression/equalities.ts';
import { compileFilter, type LookupScope, specOf, type Value } from '../../catalog/index.ts';
import { asText, toDouble } from '../../catalog/numbers.ts';
import { isNumber } from '../../catalog/ordering.ts';
import { withinIntervals } from '../../catalog/time.ts';
import { and, join, type Sql, sql } from '../../sql.ts';
import { columnSql, engineWords, physicalNames, rowsOf, type StoredColumn, type TableView } from '../../store/table.ts';
import { QueryMistake } from '../define.ts';
import { tableScope, timeColumn } from '../source.ts';
import { type DataSourceType, dataSourceSchema, type QueriedData, within } from './define.ts';
import { columnFields, filteredView } from './view.ts';

const schema = z.object({
  type: z.literal('join'),
  left: dataSourceSchema,
  right: dataSourceSchema,
  rightPrefix: z
    .string()
    .min(1)
    .refine((prefix) => !'__time'.startsWith(prefix), { error: 'expected a prefix that __time does not begin with' }),
  condition: z.string().min(1),
  joinType: z.enum(['INNER', 'LEFT', 'RIGHT', 'FULL']),
  leftFilter: specOf('filter').nullish(),
});

const joins = { INNER: sql`JOIN`, LEFT: sql`LEFT JOIN`, RIGHT: sql`RIGHT JOIN`, FULL: sql`FULL JOIN` };

export default {
  type: 'join',
  summary:
    "The rows of two data sources side by side, where expressions over the left one equal columns of the right one. The right one's columns have a prefix; a row's time is that of the left one.",
  see: 'https://druid.apache.org/docs/latest/querying/datasource#join',
  schema: schema.transform(({ left, right, rightPrefix, condition, joinType, leftFilter }): QueriedData => {
    const keepsRight = joinType === 'RIGHT' || joinType === 'FULL';
    return {
      name: `${left.name}, ${right.name}`,
      view: (context, asker) => {
        const whole = within(['left'], () => left.view(context, keepsRight ? undefined : asker));
        const conditions = [
          ...(leftFilter ? [compileFilter(leftFilter, tableScope(whole, context))] : []),
          // Rows that are there without a left one have no time by which they could be cut later.
          ...(keepsRight && asker ? [withinIntervals(timeColumn, asker.intervals)] : []),
        ];
        const sides: Sides = {
          left: conditions.length > 0 ? filteredView(whole, and(conditions)) : whole,
          right: within(['right'], () => right.view(context)),
          prefix: rightPrefix,
        };
        const view = joinedView(sides, joins[joinType], matchOf(sides, joinCondition(condition, rightPrefix), context));
        return keepsRight && asker ? { ...view, isCut: true } : view;
      },
    };
  }),
} satisfies DataSourceType;

interface Sides {
  readonly left: TableView;
  readonly right: TableView;
  readonly prefix: string;
}

/** Columns of the right side as the left side's neighbours: no physical name is that of another one. */
function rightColumns({ left, right, prefix }: Sides): { column: StoredColumn; value: Value }[] {
  const time: Value = { sql: sql`epoch_ms(${timeColumn})`, type: 'LONG' };
  const values = [
    ...(right.isTimeless ? [] : [['__time', time] as const]),
    ...[...right.columns].map(([name, column]) => {
      const { type, multiValue } = column;
      return [name, { sql: columnSql(column), type, multiValue }] as const;
    }),
  ];
  const taken = [...engineWords, ...[...left.columns.values()].map(({ physical }) => physical)];
  const names = physicalNames(
    values.map(([name]) => prefix + name),
    taken,
  );
  return values.map(([name, value], i) => {
    const { type, multiValue = false } = value;
    return {
      column: { name: prefix + name, physical: names[i] as string, kind: 'dimension', type, multiValue },
      value,
    };
  });
}

function joinedView(
  sides: Sides,
  operator: Sql,
  match: (columns: ReadonlyMap<string, StoredColumn>) => Sql,
): TableView {
  const { left, right } = sides;
  const added = rightColumns(sides);
  const columns = new Map(added.map(({ column }) => [column.name, column]));
  const fields = added.flatMap(({ column, value }) => columnFields(column.physical, value));
  // One that is there in any case, so that a side without columns is no empty list.
  const rows = sql`(SELECT ${join([sql`true AS __matched`, ...fields])} FROM ${rowsOf(right)} AS t)`;
  return {
    ...left,
    dataSource: `${left.dataSource}, ${right.dataSource}`,
    columns: new Map([...left.columns, ...columns]),
    parts: [
      sql`(SELECT * EXCLUDE (__matched) FROM ${rowsOf(left)} AS l ${operator} ${rows} AS r ON ${match(columns)})`,
    ],
  };
}

const matchOf =
  ({ left, prefix }: Sides, condition: readonly Equality[] | boolean, lookups: LookupScope) =>
  (columns: ReadonlyMap<string, StoredColumn>): Sql => {
    if (typeof condition === 'boolean') return sql`${condition}`;
    const scope = tableScope(left, lookups);
    return and(
      condition.map(({ left: expression, right, nullsEqual }) => {
        const column = columns.get(prefix + right);
        if (!column) throw new QueryMistake(['condition'], `the right side has no column '${right}'`);
        const [one, other] = comparable(single(expression(scope)), single(asValue(column)));
        return nullsEqual ? sql`${one} IS NOT DISTINCT FROM ${other}` : sql`${one} = ${other}`;
      }),
    );
  };

const asValue = (column: StoredColumn): Value => ({
  sql: columnSql(column),
  type: column.type,
  multiValue: column.multiValue,
});

/** Druid, too, refuses rows with several values. */
function single(value: Value): Value {
  if (!value.multiValue) return value;
  const message = 'Joining against a multi-value dimension is not supported.';
  return {
    sql: sql`CASE WHEN len(${value.sql}) > 1 THEN error(${message}) ELSE ${value.sql}[1] END`,
    type: value.type,
  };
}

/** In the type of the right side; a number that has no equal there equals none. */
function comparable(left: Value, right: Value): [Sql, Sql] {
  if (left.type === right.type) return [left.sql, right.sql];
  return isNumber(right) ? [toDouble(left), toDouble(right)] : [asText(left).sql, asText(right).sql];
}

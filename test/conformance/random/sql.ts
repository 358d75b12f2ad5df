/** Random queries of Druid's SQL. Each orders its rows by what tells them apart. */
import fc from 'fast-check';
import type { Case } from '../define.ts';
import { numberColumns, textColumns } from './columns.ts';
import { estimates } from './sketches.ts';
import { bucket, condition, filter, number, scalar, text } from './sql-expressions.ts';
import { joins } from './sql-joins.ts';
import { lookedUp } from './sql-lookups.ts';
import { nested } from './sql-nested.ts';
import { sketches } from './sql-sketches.ts';

const where = fc.option(filter, { nil: undefined }).map((given) => (given === undefined ? '' : ` WHERE ${given}`));
const positions = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const columns = (expressions: readonly string[], letter: string) =>
  expressions.map((expression, index) => `${expression} AS ${letter}${index}`).join(', ');

const scan = fc
  .tuple(
    fc.array(scalar, { minLength: 1, maxLength: 3 }),
    where,
    fc.constantFrom('', ' DESC'),
    fc.constantFrom(3, 1000),
  )
  .map(
    ([list, filter, direction, limit]) =>
      `SELECT ${columns(list, 'c')} FROM random${filter} ORDER BY __time${direction} LIMIT ${limit}`,
  );

const plainAggregate = fc.oneof(
  fc.constant('COUNT(*)'),
  fc
    .tuple(
      fc.constantFrom('SUM', 'MIN', 'MAX', 'AVG', 'COUNT'),
      fc.oneof(fc.constantFrom<string>(...numberColumns), number),
    )
    .map(([name, of]) => `${name}(${of})`),
  fc.constantFrom(...textColumns).map((name) => `COUNT(${name})`),
  fc
    .tuple(fc.constantFrom('EARLIEST', 'LATEST'), fc.constantFrom(...numberColumns))
    .map(([name, of]) => `${name}(${of})`),
  fc
    .tuple(fc.constantFrom('EARLIEST', 'LATEST'), fc.constantFrom(...textColumns))
    .map(([name, of]) => `${name}(${of}, 100)`),
);
const aggregate = fc.oneof(
  { arbitrary: plainAggregate, weight: 4 },
  { arbitrary: fc.tuple(plainAggregate, condition).map(([of, test]) => `${of} FILTER (WHERE ${test})`), weight: 1 },
);
const key = fc.oneof(
  { arbitrary: fc.constantFrom<string>(...textColumns, 'm', 'l'), weight: 3 },
  { arbitrary: bucket, weight: 2 },
  { arbitrary: text, weight: 1 },
  { arbitrary: number, weight: 1 },
);

interface Grouped {
  readonly sql: string;
  readonly keys: number;
  readonly width: number;
}
/** Where a filter names one value of `m`, Calcite puts it in the place of the dimension that is grouped by. */
const keepsLists = ({ sql }: Pick<Grouped, 'sql'>) => !(/\bm AS g/.test(sql) && sql.includes('(m = '));
const grouped: fc.Arbitrary<Grouped> = fc
  .tuple(
    fc.array(key, { maxLength: 2 }),
    fc.array(aggregate, { minLength: 1, maxLength: 3 }),
    where,
    fc.constantFrom('', '', ' HAVING COUNT(*) > 3', ' HAVING SUM(l) > 0'),
  )
  .map(([keys, aggregates, filter, having]) => {
    const list = [...(keys.length > 0 ? [columns(keys, 'g')] : []), columns(aggregates, 'a')].join(', ');
    const by = keys.length > 0 ? ` GROUP BY ${positions(keys.length).join(', ')}` : '';
    return {
      sql: `SELECT ${list} FROM random${filter}${by}${having}`,
      keys: keys.length,
      width: keys.length + aggregates.length,
    };
  })
  .filter(keepsLists);
const inOrder = (sql: string, width: number) => `${sql} ORDER BY ${positions(width).join(', ')}`;

const groupBy = fc
  .tuple(grouped, fc.constantFrom('', ' LIMIT 5', ' LIMIT 10 OFFSET 2'))
  // One key and a limit make a topN, which leaves out rows with an empty list.
  .map(([{ sql, keys }, limit]) => (keys > 0 ? inOrder(sql, keys) + (/\bm AS g/.test(sql) ? '' : limit) : sql));
const subquery = grouped.map(({ sql }) => `SELECT COUNT(*) AS c, SUM(a0) AS s, MAX(a0) AS m FROM (${sql})`);
const union = fc
  .tuple(grouped, grouped)
  .map(([one, other]) => `SELECT COUNT(*) AS c FROM (${one.sql}) UNION ALL SELECT COUNT(*) AS c FROM (${other.sql})`);
const join = fc
  .tuple(
    fc.constantFrom('JOIN', 'LEFT JOIN'),
    fc.constantFrom('s', 'k'),
    aggregate.filter((sql) => !/\b__time\b|EARLIEST|LATEST/.test(sql)),
    where,
  )
  .map(([how, on, of, filter]) =>
    inOrder(
      `SELECT j.x AS x, COUNT(*) AS c, SUM(r.l) AS s FROM random r ${how} (SELECT ${on} AS x, ${of} AS a FROM random${filter} GROUP BY 1) j ON r.${on} = j.x GROUP BY 1`,
      1,
    ),
  );
const frame = fc.constantFrom(
  '',
  ' ROWS BETWEEN 1 PRECEDING AND CURRENT ROW',
  ' ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
);
const window = fc
  .tuple(
    fc.constantFrom(
      'ROW_NUMBER()',
      'RANK()',
      'DENSE_RANK()',
      'SUM(c)',
      'MIN(c)',
      'COUNT(*)',
      'LAG(c)',
      'LEAD(c)',
      'FIRST_VALUE(c)',
      'NTILE(3)',
      'CUME_DIST()',
      'PERCENT_RANK()',
    ),
    frame,
    fc.constantFrom('', 'PARTITION BY k '),
    where,
  )
  .map(([of, rows, partition, filter]) => {
    const framed = /^(SUM|MIN|COUNT)/.test(of) ? rows : '';
    return inOrder(
      `SELECT k, s, c, ${of} OVER (${partition}ORDER BY c, k, s${framed}) AS w FROM (SELECT k, s, COUNT(*) AS c FROM random${filter} GROUP BY 1, 2)`,
      2,
    );
  });
const distinct = fc
  .tuple(fc.array(key, { minLength: 1, maxLength: 2 }), where)
  .map(([keys, filter]) => inOrder(`SELECT DISTINCT ${columns(keys, 'g')} FROM random${filter}`, keys.length))
  .filter((sql) => keepsLists({ sql }));
const sets = fc
  .tuple(fc.constantFrom('GROUPING SETS ((k), (s), ())', 'ROLLUP (k, s)', 'CUBE (k, s)'), aggregate, where)
  .map(([by, of, filter]) =>
    inOrder(`SELECT k, s, GROUPING(k, s) AS g, ${of} AS a FROM random${filter} GROUP BY ${by}`, 3),
  );

/** A zone whose clocks never change: in an hour that comes twice Druid prints other offsets than it computes with. */
const context = fc.constantFrom(
  {},
  {},
  { sqlTimeZone: 'Asia/Kolkata' },
  { useApproximateCountDistinct: false },
  { useApproximateTopN: false },
);

export const sqlCase: fc.Arbitrary<Case> = fc
  .tuple(
    fc.oneof(
      { withCrossShrink: true },
      { arbitrary: scan, weight: 4 },
      { arbitrary: groupBy, weight: 4 },
      { arbitrary: subquery, weight: 1 },
      { arbitrary: union, weight: 1 },
      { arbitrary: join, weight: 1 },
      { arbitrary: window, weight: 1 },
      { arbitrary: distinct, weight: 1 },
      { arbitrary: sets, weight: 1 },
      { arbitrary: joins, weight: 2 },
      { arbitrary: lookedUp, weight: 2 },
      { arbitrary: nested, weight: 2 },
      { arbitrary: sketches, weight: 2 },
    ),
    context,
  )
  .map(([query, given]) => ({
    // Of a window's rows Druid forgets the order that the query around it asks for, and of joined ones texts have another.
    ...(/ OVER \(| JOIN /.test(query) ? { unordered: true as const } : {}),
    estimates,
    query: {
      queryType: 'sql',
      query,
      context: given,
      // What is estimated is known by its name.
      ...(/SKETCH|_DS_/.test(query) ? { resultFormat: 'object' } : { resultFormat: 'array', header: true }),
    },
  }));

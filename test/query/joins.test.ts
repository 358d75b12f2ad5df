/** Joins beyond what test/conformance asks a real Druid. Expected values by hand, in SQL's meaning of joins. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { queryHarness, type Row, tableOf } from './support.ts';

const visits = tableOf({
  dataSource: 'visits',
  // Words of the engine's own are names like any other.
  dimensions: { user: 'STRING', tags: 'STRING' },
  metrics: { n: 'LONG' },
  rows: [
    { __time: '2018-03-05T10:00:00Z', user: 'a', tags: ['x', 'y'], n: 1 },
    { __time: '2018-03-05T11:00:00Z', user: 'b', tags: 'x', n: 2 },
    { __time: '2018-03-06T10:00:00Z', user: 'c', n: 4 },
  ],
});
const people = tableOf({
  dataSource: 'people',
  dimensions: { user: 'STRING', tags: 'STRING', age: 'LONG' },
  rows: [
    { user: 'a', tags: ['p', 'q'], age: 30 },
    { user: 'c', tags: 'q', age: 41 },
    { user: 'd', age: 52 },
  ],
});

describe('joins', () => {
  const { ask } = queryHarness(visits, people);
  const join = (joinType: string, more: Row = {}) => ({
    type: 'join',
    left: 'visits',
    right: 'people',
    rightPrefix: 'p.',
    condition: 'user == "p.user"',
    joinType,
    ...more,
  });
  const scan = (dataSource: unknown, columns: readonly string[], intervals = '2018-03-05/2018-03-06') => ({
    queryType: 'scan',
    dataSource,
    columns,
    intervals,
    resultFormat: 'compactedList',
  });
  const rows = async (...args: Parameters<typeof scan>) => {
    const [batch] = (await ask(scan(...args))) as { events: unknown[][] }[];
    return batch?.events.map((row) => JSON.stringify(row)).sort();
  };
  const day = Date.UTC(2018, 2, 5, 10);
  const hour = 3_600_000;

  it('a right join has each row of the right side, matched by rows of the intervals or not', async () => {
    const columns = ['__time', 'user', 'p.user', 'p.age'];
    const matched = [day, 'a', 'a', 30];
    const alone = [
      [null, null, 'c', 41],
      [null, null, 'd', 52],
    ];
    assert.deepEqual(
      await rows(join('RIGHT'), columns),
      [matched, ...alone].map((row) => JSON.stringify(row)),
    );
    assert.deepEqual(
      await rows(join('FULL'), columns),
      [matched, [day + hour, 'b', null, null], ...alone].map((row) => JSON.stringify(row)),
    );
    const filtered = {
      type: 'filter',
      base: join('RIGHT'),
      filter: { type: 'range', column: 'p.age', matchValueType: 'LONG', lower: 41 },
    };
    assert.deepEqual(
      await rows(filtered, columns),
      alone.map((row) => JSON.stringify(row)),
    );
  });

  it('columns of one name on both sides, lists among them', async () => {
    assert.deepEqual(await rows(join('LEFT'), ['user', 'tags', 'p.tags', 'p.__time']), [
      '["a",["x","y"],["p","q"],946684800000]',
      '["b","x",null,null]',
    ]);
  });

  it('sums over what was joined', async () => {
    const query = {
      queryType: 'groupBy',
      dataSource: join('INNER'),
      intervals: '2018/2019',
      granularity: 'all',
      dimensions: ['p.tags'],
      aggregations: [
        { type: 'longSum', name: 'n', fieldName: 'n' },
        { type: 'longMax', name: 'age', fieldName: 'p.age' },
      ],
    };
    assert.deepEqual(
      ((await ask(query)) as { event: Row }[]).map(({ event }) => event),
      [
        { 'p.tags': 'p', n: 1, age: 30 },
        { 'p.tags': 'q', n: 5, age: 41 },
      ],
    );
  });

  it('a side that is not there has no rows', async () => {
    assert.deepEqual(await rows(join('INNER', { right: 'nowhere', condition: '1' }), ['user']), undefined);
    assert.deepEqual(await rows(join('LEFT', { right: 'nowhere', condition: '1' }), ['user']), ['["a"]', '["b"]']);
    assert.deepEqual(await rows(join('INNER', { left: 'nowhere' }), ['user']), undefined);
  });

  const mistakes: readonly (readonly [Row, RegExp])[] = [
    [{ condition: 'user > "p.user"' }, /join condition .*expected expressions over the left side ==/],
    [{ condition: 'user == tags' }, /join condition/],
    [{ condition: '"p.user" == "p.tags"' }, /join condition/],
    [{ condition: 'user == lower("p.user")' }, /join condition/],
    [{ condition: 'user == "p.user" || n == 1' }, /join condition/],
    [{ condition: 'user == "p.name"' }, /\$\.dataSource\.condition: .*the right side has no column 'name'/],
    [{ condition: 'user == ' }, /expression/],
    [{ rightPrefix: '' }, /\$\.dataSource\.rightPrefix/],
    [{ rightPrefix: '__' }, /\$\.dataSource\.rightPrefix: .*__time/],
    [{ joinType: 'CROSS' }, /\$\.dataSource\.joinType: .*'INNER', 'LEFT'/],
    [{ right: { type: 'lokup' } }, /\$\.dataSource\.right\.type: .*did you mean 'lookup'/],
    [{ leftFilter: { type: 'selectr' } }, /\$\.dataSource\.leftFilter\.type/],
  ];
  for (const [more, message] of mistakes)
    it(`${JSON.stringify(more)} is refused`, () =>
      assert.rejects(ask(scan(join('INNER', more), ['user'])), { status: 400, message }));

  it('rows of several values cannot be joined by them', () =>
    assert.rejects(ask(scan(join('INNER', { condition: 'tags == "p.user"' }), ['user'])), /multi-value dimension/));
});

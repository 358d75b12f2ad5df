/** Kill -9 after discovered columns changed their types: the log of that is replayed, and every value is there in the wider type. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { post } from '../server/support.ts';
import { freePort, startMillrace } from '../services/millrace.ts';
import { temporaryFolder } from '../support/engine.ts';

const time = '2026-06-01T12:00:00Z';

/** For each column, what the first event has in it, what the second one has, and both as they are stored then. */
const columns: Readonly<Record<string, readonly [first: unknown, second: unknown, stored: readonly unknown[]]>> = {
  longToDouble: [1, 2.5, [1, 2.5]],
  longToString: [1, 'a', ['1', 'a']],
  longToJson: [1, { b: 2 }, [1, { b: 2 }]],
  stringToJson: ["it's", { b: '"' }, ["it's", { b: '"' }]],
  stringToList: ['a', ['b', 'c'], [['a'], ['b', 'c']]],
  added: [undefined, 'a', [null, 'a']],
};

it('columns that were widened before a kill -9 are there afterwards', async () => {
  await using folder = await temporaryFolder();
  const start = async () => startMillrace({ command: ['serve'], port: await freePort(), data: folder.path });
  let millrace = await start();
  try {
    for (const turn of [0, 1] as const) {
      const values = Object.entries(columns).map(([name, column]) => [name, column[turn]]);
      const event = JSON.stringify({ time, turn, ...Object.fromEntries(values) });
      const { status, text } = await post(`${millrace.url}/v1/post/widened`, event);
      assert.equal(status, 200, text);
    }
    await millrace.stop('SIGKILL');
    millrace = await start();
    const scan = { queryType: 'scan', dataSource: 'widened', intervals: '2026/2027', resultFormat: 'compactedList' };
    const names = Object.keys(columns);
    const { text } = await post(`${millrace.url}/druid/v2`, JSON.stringify({ ...scan, columns: ['turn', ...names] }));
    const rows = JSON.parse(text)[0].events as unknown[][];
    rows.sort(([a], [b]) => Number(a) - Number(b));
    for (const [index, name] of names.entries()) {
      assert.deepEqual([rows[0]?.[index + 1], rows[1]?.[index + 1]], columns[name]?.[2], name);
    }
  } finally {
    await millrace.stop('SIGKILL');
  }
});

/**
 * Kill -9 at random points while a supervisor catches up, its tasks handing off as they go. What is kept is always the
 * beginning of each partition, each event once, and in the end all of it.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, type MillraceProcess, startMillrace } from '../services/millrace.ts';
import { temporaryFolder } from '../support/engine.ts';
import { kafkaSpec, settled } from '../support/supervised.ts';

const kills = 20;
const partitions = 4;
const eventsPerPartition = 100_000;
const cli = fileURLToPath(new URL('supervised-process.ts', import.meta.url));

const json = { 'content-type': 'application/json' };

/** By partition: how many events there are, and the sum of their `n`. */
async function kept(millrace: MillraceProcess): Promise<ReadonlyMap<string, { events: number; n: number }>> {
  const query = {
    queryType: 'groupBy',
    dataSource: 'clicks',
    granularity: 'all',
    intervals: '2000/2100',
    dimensions: ['page'],
    aggregations: ['events', 'n'].map((name) => ({ type: 'longSum', name, fieldName: name })),
  };
  const response = await fetch(`${millrace.url}/druid/v2`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify(query),
  });
  const rows = (await response.json()) as { event: { page: string; events: number; n: number } }[];
  return new Map(rows.map(({ event: { page, ...counts } }) => [page, counts]));
}

it(`kill -9 of a process that reads a stream, ${kills} times: each record is there once`, async () => {
  await using folder = await temporaryFolder();
  const data = path.join(folder.path, 'data');
  const command = [String(partitions), String(eventsPerPartition)];
  const start = async () => startMillrace({ cli, command, port: await freePort(), data });
  let millrace = await start();
  const spec = kafkaSpec({ io: { taskCount: 2, taskDuration: 'PT0.3S' } });
  const body = JSON.stringify(spec);
  const submitted = await fetch(`${millrace.url}/druid/indexer/v1/supervisor`, { method: 'POST', headers: json, body });
  assert.equal(submitted.status, 200);
  const seen = new Set<number>();
  for (let kill = 0; kill < kills; kill++) {
    await sleep(Math.random() * 250);
    await millrace.stop('SIGKILL');
    millrace = await start();
    let total = 0;
    for (const { events, n } of (await kept(millrace)).values()) {
      assert.equal(n, (events * (events - 1)) / 2, `${events} events of a partition are not its first ones`);
      total += events;
    }
    seen.add(total);
  }
  assert.ok(seen.size > kills / 4, `only ${seen.size} kills came while there was something to read`);
  try {
    await settled(async () => {
      const all = [...(await kept(millrace)).values()];
      assert.deepEqual(
        all,
        Array.from({ length: partitions }, () => ({
          events: eventsPerPartition,
          n: (eventsPerPartition * (eventsPerPartition - 1)) / 2,
        })),
      );
    });
  } finally {
    assert.equal(await millrace.stop(), 0);
  }
});

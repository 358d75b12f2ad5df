/**
 * Kill -9 at random points under load. Each body carries an Idempotency-Key; after each kill the process starts anew on
 * the same folder, and bodies without an answer are sent again under their keys. In the end every event is there once.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { it } from 'node:test';
import { freePort, type MillraceProcess, startMillrace } from '../services/millrace.ts';
import { temporaryFolder } from '../support/engine.ts';

const rounds = 20;
const senders = 4;
const eventsPerBody = 50;

const config = {
  dataSources: [
    {
      spec: {
        dataSchema: {
          dataSource: 'faults',
          parser: {
            type: 'string',
            parseSpec: {
              format: 'json',
              timestampSpec: { column: 'time', format: 'auto' },
              dimensionsSpec: { dimensions: ['sender'] },
            },
          },
          granularitySpec: { type: 'uniform', segmentGranularity: 'hour', queryGranularity: 'minute' },
          metricsSpec: [
            { type: 'count', name: 'events' },
            { type: 'longSum', name: 'total', fieldName: 'n' },
          ],
        },
        tuningConfig: { type: 'realtime', windowPeriod: 'PT10M' },
      },
    },
  ],
  properties: { 'http.port': '0' },
};

interface Sender {
  readonly name: string;
  /** Bodies that were acknowledged. */
  acknowledged: number;
}

/** Sends bodies until the process is gone; the body that had no answer is the next one again. */
async function sendUntilGone(url: string, sender: Sender): Promise<void> {
  for (;;) {
    const body = sender.acknowledged;
    const events = Array.from({ length: eventsPerBody }, () => ({
      time: new Date().toISOString(),
      sender: sender.name,
      n: body,
    }));
    try {
      const response = await fetch(`${url}/v1/post/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `${sender.name}-${body}` },
        body: JSON.stringify(events),
      });
      assert.deepEqual(await response.json(), { result: { received: eventsPerBody, sent: eventsPerBody } });
      sender.acknowledged++;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return;
    }
  }
}

async function counts(millrace: MillraceProcess): Promise<Map<string, { events: number; total: number }>> {
  const query = {
    queryType: 'groupBy',
    dataSource: 'faults',
    granularity: 'all',
    intervals: '2000-01-01/2100-01-01',
    dimensions: ['sender'],
    aggregations: [
      { type: 'longSum', name: 'events', fieldName: 'events' },
      { type: 'longSum', name: 'total', fieldName: 'total' },
    ],
  };
  const response = await fetch(`${millrace.url}/druid/v2`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(query),
  });
  const rows = (await response.json()) as { event: { sender: string; events: number; total: number } }[];
  return new Map(rows.map(({ event: { sender, events, total } }) => [sender, { events, total }]));
}

it(`kill -9 under load, ${rounds} times: nothing acknowledged is lost, nothing is there twice`, async () => {
  await using folder = await temporaryFolder();
  const configFile = path.join(folder.path, 'server.json');
  await writeFile(configFile, JSON.stringify(config));
  const data = path.join(folder.path, 'data');
  const start = async () =>
    startMillrace({ command: ['server', '-configFile', configFile], port: await freePort(), data });
  const all: Sender[] = Array.from({ length: senders }, (_, i) => ({ name: `sender-${i}`, acknowledged: 0 }));
  for (let round = 0; round < rounds; round++) {
    const millrace = await start();
    const before = all.map(({ acknowledged }) => acknowledged);
    const sending = all.map((sender) => sendUntilGone(millrace.url, sender));
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 400));
    await millrace.stop('SIGKILL');
    await Promise.all(sending);
    if (round > 2) assert.ok(all.some(({ acknowledged }, i) => acknowledged >= (before[i] as number)));
  }
  const millrace = await start();
  try {
    const found = await counts(millrace);
    for (const { name, acknowledged } of all) {
      assert.ok(acknowledged > rounds, `${name} got ${acknowledged} answers only: there was no load`);
      // The last body may be in without its answer having arrived; nothing else may.
      const events = found.get(name)?.events ?? 0;
      const bodies = events / eventsPerBody;
      assert.ok(
        bodies === acknowledged || bodies === acknowledged + 1,
        `${name}: ${acknowledged} bodies acknowledged, ${bodies} found`,
      );
      // 0 + 1 + … of the bodies that are there, each once.
      assert.equal(found.get(name)?.total, (eventsPerBody * bodies * (bodies - 1)) / 2);
    }
  } finally {
    assert.equal(await millrace.stop(), 0);
  }
});

/** What a realtime node's sources bring: clipped, shut off, bounded, announced. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import type { AnnouncedSegment } from '../../../src/embedded/realtime/announcer.ts';
import { MillraceError } from '../../../src/errors.ts';
import { type Event, temporaryBackend } from '../../support/backend.ts';
import { temporaryFolder } from '../../support/engine.ts';
import { realtimeSpec, realtimeSpecs } from '../../support/realtime.ts';
import { settled } from '../../support/supervised.ts';

const lines = (...times: readonly string[]) => {
  const text = times.map((time) => `{"timestamp":"${time}","page":"x"}\n`).join('');
  return { lines: Buffer.from(text), events: times.length };
};

const receiver = (serviceName: string): Event => ({ type: 'receiver', serviceName });
const clipped = (interval: string, delegate: unknown): Event => ({ type: 'clipped', interval, delegate });
const none = { rejectionPolicy: { type: 'none' } };

const code = (expected: string) => (error: unknown) => error instanceof MillraceError && error.code === expected;

it('a clipped receiver takes what lies in its interval, its start included; one beside it takes all', async () => {
  const delegates = [clipped('2013-08-31/P1D', receiver('one')), receiver('all')];
  const realtime = realtimeSpecs(realtimeSpec({ firehose: { type: 'combining', delegates }, tuningConfig: none }));
  await using test = await temporaryBackend({ realtime });
  const times = [
    '2013-08-30T23:59:59.999Z',
    '2013-08-31T00:00:00Z',
    '2013-08-31T23:59:59.999Z',
    '2013-09-01T00:00:00Z',
  ];
  // Pushed together, so that one commit brings both.
  const [one, all] = await Promise.all(
    ['one', 'all'].map((name) => test.backend.receivers?.push(name, lines(...times))),
  );
  assert.deepEqual([one?.sent, one?.dropped], [2, { filtered: 2 }]);
  assert.deepEqual([all?.sent, all?.dropped], [4, {}]);
});

it('what is clipped does not move the clock of messageTime', async () => {
  const firehose = clipped('2013/2014', receiver('wiki'));
  const tuningConfig = { rejectionPolicy: { type: 'messageTime' } };
  await using test = await temporaryBackend({ realtime: realtimeSpecs(realtimeSpec({ firehose, tuningConfig })) });
  const push = async (...times: readonly string[]) =>
    (await test.backend.receivers?.push('wiki', lines(...times)))?.droppedEvents.map(({ reason }) => reason);
  assert.deepEqual(await push('2026-01-01T00:00:00Z', '2013-08-31T12:00:00Z'), ['filtered']);
  // In a commit of its own, by the clock that was stored: 12:00 − PT10M.
  assert.deepEqual(await push('2013-08-31T11:50:00Z', '2013-08-31T11:49:59Z'), ['late']);
});

it('a receiver takes nothing from its shutoffTime on', async () => {
  let nowMs = Date.parse('2026-01-01T00:00:00Z') - 1;
  const firehose = { type: 'timed', shutoffTime: '2026-01-01T00:00:00Z', delegate: receiver('wiki') };
  const realtime = realtimeSpecs(realtimeSpec({ firehose, tuningConfig: none }));
  await using test = await temporaryBackend({ realtime, now: () => nowMs });
  await test.backend.receivers?.push('wiki', lines('2013-08-31T00:00:00Z'));
  nowMs++;
  await assert.rejects(
    async () => test.backend.receivers?.push('wiki', lines('2013-08-31T00:00:00Z')),
    code('notFound'),
  );
});

it('no more than bufferSize events wait; what is larger passes alone', async () => {
  const firehose = { ...receiver('wiki'), bufferSize: 2 };
  await using test = await temporaryBackend({
    realtime: realtimeSpecs(realtimeSpec({ firehose, tuningConfig: none })),
  });
  const push = (count: number) =>
    test.backend.receivers?.push('wiki', lines(...Array<string>(count).fill('2013-08-31T00:00:00Z')));
  const first = push(3);
  await assert.rejects(async () => push(1), code('bufferFull'));
  assert.equal((await first)?.sent, 3);
  assert.equal((await push(1))?.sent, 1);
});

it('one service name, one receiver; one group, one reader of a topic', async () => {
  const open = async (...delegates: readonly Event[]) => {
    const realtime = realtimeSpecs(realtimeSpec({ firehose: { type: 'combining', delegates } }));
    await using _test = await temporaryBackend({ realtime });
  };
  const kafka = {
    type: 'kafka-0.8',
    feed: 't',
    consumerProps: { 'bootstrap.servers': 'localhost:9092', 'group.id': 'g' },
  };
  await assert.rejects(open(receiver('a'), receiver('a')), /two receivers have the serviceName 'a'/);
  await assert.rejects(open(kafka, { ...kafka }), /two firehoses read topic 't' as group 'g'/);
});

it('a header in files is refused rather than taken for an event', async () => {
  const parseSpec = {
    format: 'csv',
    timestampSpec: { column: 'timestamp' },
    dimensionsSpec: {},
    findColumnsFromHeader: true,
  };
  const firehose = { type: 'local', baseDir: 'nowhere', filter: '*' };
  const realtime = realtimeSpecs(realtimeSpec({ dataSchema: { parser: { parseSpec } }, firehose }));
  await assert.rejects(temporaryBackend({ realtime }), code('unsupported'));
});

it('each bucket is announced when it gets its first row, and those with live rows at a start', async () => {
  const realtime = realtimeSpecs(realtimeSpec({ tuningConfig: none }));
  await using test = await temporaryBackend({ realtime });
  const announced: AnnouncedSegment[] = [];
  const announce = (segment: AnnouncedSegment) => void announced.push(segment);
  const starts = () => announced.map(({ startMs }) => new Date(startMs).toISOString());
  await test.backend.receivers?.push('wiki', lines('2013-08-31T01:02:33Z'));
  test.backend.realtime?.start(announce);
  await settled(() => assert.deepEqual(starts(), ['2013-08-31T01:00:00.000Z']));
  assert.deepEqual(announced[0], {
    dataSource: 'wikipedia',
    startMs: Date.parse('2013-08-31T01:00:00Z'),
    endMs: Date.parse('2013-08-31T02:00:00Z'),
  });
  // Tranquility's way in brings rows, too.
  await test.push('wikipedia', [{ timestamp: '2013-08-31T01:30:00Z' }, { timestamp: '2013-08-31T03:00:00Z' }]);
  await settled(() => assert.deepEqual(starts().slice(1), ['2013-08-31T03:00:00.000Z']));
  announced.length = 0;
  await test.reopen();
  test.backend.realtime?.start(announce);
  await settled(() => assert.deepEqual(starts(), ['2013-08-31T01:00:00.000Z', '2013-08-31T03:00:00.000Z']));
});

it('files are read once, those of the folders below as well, and new ones after the next start', async () => {
  await using folder = await temporaryFolder();
  const write = (name: string, ...times: readonly string[]) => {
    mkdirSync(path.dirname(path.join(folder.path, name)), { recursive: true });
    writeFileSync(path.join(folder.path, name), lines(...times).lines);
  };
  write('a.json', '2013-08-31T01:00:00Z', '2013-08-31T02:00:00Z');
  write('below/b.json', '2013-08-31T03:00:00Z');
  write('c.txt', '2013-08-31T04:00:00Z');
  const firehose = { type: 'local', baseDir: folder.path, filter: '*.json' };
  await using test = await temporaryBackend({
    realtime: realtimeSpecs(realtimeSpec({ firehose, tuningConfig: none })),
  });
  const hours = async () =>
    (await test.rows('wikipedia', ['__time'])).map(([time]) => new Date(time as number).getUTCHours());
  test.backend.realtime?.start(() => {});
  await settled(async () => assert.deepEqual(await hours(), [1, 2, 3]));
  write('d.json', '2013-08-31T05:00:00Z');
  await test.reopen();
  test.backend.realtime?.start(() => {});
  await settled(async () => assert.deepEqual(await hours(), [1, 2, 3, 5]));
});

it('files are read up to a shutoffTime, and not after it', async () => {
  await using folder = await temporaryFolder();
  writeFileSync(path.join(folder.path, 'a.json'), lines('2013-08-31T01:00:00Z').lines);
  const local = { type: 'local', baseDir: folder.path, filter: '*' };
  const firehose = {
    type: 'combining',
    delegates: [{ type: 'timed', shutoffTime: '2020-01-01', delegate: local }, receiver('wiki')],
  };
  await using test = await temporaryBackend({
    realtime: realtimeSpecs(realtimeSpec({ firehose, tuningConfig: none })),
  });
  const announced: AnnouncedSegment[] = [];
  test.backend.realtime?.start((segment) => void announced.push(segment));
  await test.backend.receivers?.push('wiki', lines('2013-08-31T02:00:00Z'));
  await settled(() => assert.equal(announced.length, 1));
  assert.equal((await test.rows('wikipedia', ['__time'])).length, 1);
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MillraceError } from '../../../src/errors.ts';
import { Connections, limits, NoSuchConnection } from '../../../src/server/avatica/connections.ts';
import { temporaryBackend } from '../../support/backend.ts';

async function connections(t: TestContext): Promise<Connections> {
  const { backend, ...temporary } = await temporaryBackend();
  t.after(() => temporary[Symbol.asyncDispose]());
  return new Connections(backend);
}

const full = (error: unknown) => error instanceof MillraceError && error.code === 'capacityExceeded';

test('a connection that nobody uses for five minutes is closed', async (t) => {
  const open = await connections(t);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  await open.open('a', {});
  t.mock.timers.tick(limits.idleMs - 1);
  await open.use('a', () => {});
  t.mock.timers.tick(limits.idleMs - 1);
  await open.use('a', () => t.mock.timers.tick(2 * limits.idleMs));
  t.mock.timers.tick(limits.idleMs);
  await assert.rejects(
    open.use('a', () => {}),
    NoSuchConnection,
  );
});

test('beyond 25 connections one without statements makes room, or there is none', async (t) => {
  const open = await connections(t);
  for (let i = 0; i < 25; i++) {
    await open.open(`c${i}`, {});
    if (i !== 7) await open.use(`c${i}`, (connection) => connection.createStatement());
  }
  await open.open('one more', {});
  await assert.rejects(
    open.use('c7', () => {}),
    NoSuchConnection,
  );
  await open.use('one more', (connection) => connection.createStatement());
  await assert.rejects(open.open('too many', {}), full);
  await open.closeAll();
  await open.open('too many', {});
  await open.closeAll();
});

test('a connection has four statements at a time', async (t) => {
  const open = await connections(t);
  await open.open('a', {});
  await open.use('a', async (connection) => {
    const ids = [1, 2, 3, 4].map(() => connection.createStatement().id);
    assert.deepEqual(ids, [1, 2, 3, 4]);
    assert.throws(() => connection.createStatement(), full);
    await connection.closeStatement(2);
    assert.equal(connection.createStatement().id, 5);
  });
  await open.closeAll();
});

test('a connection is opened once', async (t) => {
  const open = await connections(t);
  await open.open('a', {});
  await assert.rejects(open.open('a', {}), /already open/);
  await open.close('a');
  await open.close('a');
});

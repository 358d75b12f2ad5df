import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { countRows, json, post } from '../server/support.ts';
import { runCommand, startCommand, temporaryFolder } from './support.ts';

const lines = '{"time":"2026-01-01T00:00:00Z","url":"/a"}\n{"time":"2026-01-01T00:00:01Z","url":"/b"}\n';

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends with 0, and what was accepted is there after a restart`, async (t) => {
    const data = join(temporaryFolder(t), 'data');
    const first = await startCommand(t, ['serve', '--data', data]);
    const { text } = await post(`${first.url}/v1/post/pageviews`, lines);
    assert.equal(text, '{"result":{"received":2,"sent":2}}');
    await post(`${first.url}/v1/post/pageviews?async=true`, lines);
    first.child.kill(signal);
    assert.equal((await first.ended).code, 0);

    const second = await startCommand(t, ['serve', '--data', data]);
    assert.equal(await countRows(second.url, 'pageviews'), 4);
    second.child.kill(signal);
    assert.equal((await second.ended).code, 0);
  });
}

test('a second signal ends at once, with the code that shells give to it', async (t) => {
  const { child, url, ended } = await startCommand(t, ['serve', '--data', join(temporaryFolder(t), 'data')]);
  // An upload that never ends keeps the first signal waiting.
  const upload = request(`${url}/v1/post/a`, {
    method: 'POST',
    headers: { ...json, 'content-length': 100, expect: '100-continue' },
  });
  upload.on('error', () => {});
  upload.flushHeaders();
  await once(upload, 'continue');
  const stopping = new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk) => String(chunk).includes('stopping') && resolve());
  });
  child.kill('SIGTERM');
  await stopping;
  child.kill('SIGTERM');
  assert.equal((await ended).code, 143);
});

test('a port that is taken: which one, what to do, exit code 1', async (t) => {
  const folder = temporaryFolder(t);
  const { url } = await startCommand(t, ['serve', '--data', join(folder, 'one')]);
  const { port } = new URL(url);
  const { code, stderr } = await runCommand(['serve', '--data', join(folder, 'other'), '--port', port]);
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`^millrace: port ${port} is in use; .*--port\\n$`));
});

test('a data folder that another process has: said, exit code 1', async (t) => {
  const data = join(temporaryFolder(t), 'data');
  await startCommand(t, ['serve', '--data', data]);
  const { code, stderr } = await runCommand(['serve', '--data', data, '--port', '0']);
  assert.equal(code, 1);
  assert.match(stderr, /^millrace: .*process.*\n$/);
  assert.doesNotMatch(stderr, /\n\s+at /);
});

test('--no-auto-create refuses unknown dataSources, --max-body-bytes larger bodies', async (t) => {
  const data = join(temporaryFolder(t), 'data');
  const { url } = await startCommand(t, ['serve', '--data', data, '--no-auto-create', '--max-body-bytes', '100']);
  assert.equal((await post(`${url}/v1/post/a`, lines)).text, "No definition for dataSource 'a'\n");
  assert.equal((await post(`${url}/v1/post/a`, lines.repeat(2))).status, 413);
});

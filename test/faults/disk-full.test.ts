/**
 * A disk that takes no more: pushes are refused with a word on why and when to come back, the process lives on, and after
 * a start with room again all that was acknowledged is there. A limit on the size of files stands for the full disk.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { answered, freePort, startMillrace } from '../services/millrace.ts';
import { temporaryFolder } from '../support/engine.ts';

const cli = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const limitKib = 8 * 1024;
const eventsPerBody = 2000;

/** No two alike, so that they neither roll up nor compress. */
const body = (n: number) =>
  Array.from({ length: eventsPerBody }, (_, i) =>
    JSON.stringify({ time: '2026-06-01T12:00:00Z', id: `${n}-${i}`, noise: crypto.randomUUID() + crypto.randomUUID() }),
  ).join('\n');

const post = (url: string, n: number) =>
  fetch(`${url}/v1/post/full`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: body(n) });

it('a full disk refuses pushes and loses nothing that was acknowledged', async () => {
  await using folder = await temporaryFolder();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = [
    `ulimit -f ${limitKib}; exec "$0" "$@"`,
    process.execPath,
    cli,
    'serve',
    '--port',
    `${port}`,
    '--data',
    folder.path,
  ];
  const child = spawn('bash', ['-c', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
    return child.exitCode;
  };
  let acknowledged = 0;
  try {
    await answered({ url, pid: child.pid as number, output: () => output, stop }, () => fetch(`${url}/status/health`));
    let refusal: Response | undefined;
    for (let n = 0; n < 200 && !refusal; n++) {
      const response = await post(url, n);
      if (response.ok) acknowledged++;
      else refusal = response;
    }
    assert.ok(acknowledged > 5, `only ${acknowledged} bodies were taken`);
    assert.equal(refusal?.status, 503);
    assert.match(refusal?.headers.get('retry-after') ?? '', /^\d+$/);
    assert.match((await refusal?.text()) ?? '', /disk is full|has stopped after an error/);
    const later = await post(url, 1000);
    assert.ok(later.ok || later.status === 503);
    if (later.ok) acknowledged++;
    assert.equal((await fetch(`${url}/status`)).status, 200);
  } finally {
    await stop();
  }
  const millrace = await startMillrace({ command: ['serve'], port: await freePort(), data: folder.path });
  try {
    const query = {
      queryType: 'timeseries',
      dataSource: 'full',
      granularity: 'all',
      intervals: '2026-01-01/2027-01-01',
      aggregations: [{ type: 'count', name: 'rows' }],
    };
    const answer = await fetch(`${millrace.url}/druid/v2`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(query),
    });
    const [row] = (await answer.json()) as { result: { rows: number } }[];
    assert.equal(row?.result.rows, acknowledged * eventsPerBody);
    assert.ok((await post(millrace.url, 2000)).ok);
  } finally {
    assert.equal(await millrace.stop(), 0);
  }
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { countRows } from '../server/support.ts';
import { startCommand } from './support.ts';

test('the demonstration streams, what it prints to try works, and nothing stays behind', async (t) => {
  const { child, url, stdout, ended } = await startCommand(t, ['demo'], /Ctrl-C ends it/);
  while ((await countRows(url, 'pageviews')) === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  const commands = stdout.split('\n').filter((line) => line.trim().startsWith('curl '));
  assert.equal(commands.length, 4);
  const answers: string[] = [];
  for (const command of commands) answers.push((await promisify(execFile)('sh', ['-c', command])).stdout);
  const [top] = JSON.parse(answers[0] as string) as { result: { url: string; views: number }[] }[];
  assert.equal(top?.result.length, 5);
  assert.ok(top.result.every(({ url: page, views }) => page.startsWith('/') && views > 0));
  assert.equal(answers[1], '{"result":{"received":1,"sent":1}}');
  assert.equal(answers[2], '{"result":{"received":1,"sent":1}}');
  assert.match(String(answers[3]), /^millrace_events_kept_total\{dataSource="pageviews"\} [1-9]/m);

  const data = /data in (\S+)/.exec(stdout)?.[1] as string;
  assert.ok(existsSync(data));
  child.kill('SIGINT');
  assert.equal((await ended).code, 0);
  assert.ok(!existsSync(data));
});

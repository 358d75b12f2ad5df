import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { createLogger } from '../../src/observe/log.ts';
import { Terminal } from '../../src/observe/terminal.ts';

test('in a terminal an entry is a line that people read, an error with its stack', () => {
  let text = '';
  const stream = {
    columns: 80,
    write: (chunk: string) => {
      text += chunk;
      return true;
    },
  };
  const log = createLogger('info', new Terminal(stream));
  log.debug('not shown');
  log.warn({ dataSource: 'pageviews', events: 3, list: [1] }, 'dropped');
  log.error({ err: new Error('disk full') }, 'cannot write');
  const lines = text.split('\n');
  assert.match(String(lines[0]), /^\d\d:\d\d:\d\d warn {2}dropped {2}dataSource=pageviews {2}events=3 {2}list=\[1\]$/);
  assert.match(String(lines[1]), /^\d\d:\d\d:\d\d error cannot write$/);
  assert.equal(lines[2], 'Error: disk full');
  assert.match(String(lines[3]), /^ {4}at /);
});

test('piped, an entry is JSON on standard error', () => {
  const module = new URL('../../src/observe/log.ts', import.meta.url).href;
  const script = `import { createLogger } from '${module}'; createLogger('info').info({ rows: 7 }, 'handed off');`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(stdout, '');
  const { time, ...entry } = JSON.parse(stderr);
  assert.deepEqual(entry, { level: 30, rows: 7, msg: 'handed off' });
  assert.ok(Math.abs(time - Date.now()) < 60_000);
});

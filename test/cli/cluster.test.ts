/** `--druid` and its companions, where they cannot be right or nothing answers; test/docs.test.ts has them with a real cluster. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { mainFile, runCommand } from './support.ts';

/** The discard port: nobody listens. */
const nobody = '127.0.0.1:9';

const misuses: readonly (readonly [args: readonly string[], code: number, message: RegExp])[] = [
  [['--druid', `http://${nobody}`], 2, /^millrace: --druid needs the Kafka .* --kafka host:9092$/m],
  [['--kafka', nobody], 2, /^millrace: --kafka is of a Druid cluster; say where it is with --druid/m],
  [['--druid', 'router:8888', '--kafka', nobody], 1, /^millrace: .*router:8888/m],
  [['--druid', 'bob:secret@router:8888', '--kafka', nobody], 1, /^millrace: '…@router:8888' is no address of a Druid/m],
  [['--druid', `http://${nobody}`, '--kafka-config', '/none'], 1, /cannot read '\/none': there is no such file/],
  [['--druid', `http://${nobody}`, '--data', 'd'], 2, /cannot be used with option '--data <dir>'/],
];

for (const [args, code, message] of misuses)
  test(`millrace serve ${args.join(' ')}: exit code ${code}`, async () => {
    const ended = await runCommand(['serve', ...args]);
    assert.deepEqual({ code: ended.code, stdout: ended.stdout }, { code, stdout: '' });
    assert.match(ended.stderr, message);
  });

test('a start that waits for the cluster says so, and ends when it is asked to', async (t) => {
  const child = spawn(process.execPath, [mainFile, 'serve', '--druid', `http://${nobody}`, '--kafka', nobody]);
  t.after(() => child.kill('SIGKILL'));
  const [line] = await once(child.stderr, 'data');
  assert.match(String(line), /waiting for the cluster: .*127\.0\.0\.1:9/);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

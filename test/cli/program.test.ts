import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { mainFile, runCommand } from './support.ts';

for (const command of [[], ['serve'], ['server'], ['demo'], ['query'], ['check'], ['mirror'], ['mirror', 'offsets']]) {
  test(`millrace ${command.join(' ')} --help explains itself, exit codes included`, async () => {
    const { code, stdout, stderr } = await runCommand([...command, '--help']);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.ok(stdout.startsWith(`Usage: ${['millrace', ...command].join(' ')}`), stdout);
    assert.match(stdout, /Exit codes: 0 /);
  });
}

const misuses: readonly (readonly [string[], RegExp])[] = [
  [[], /Usage: millrace/],
  [['serv'], /did you mean serve/i],
  [['serve', '--prot', '1'], /did you mean --port/i],
  [['serve', '--port', '65536'], /expected a port from 0 to 65535/],
  [['serve', '--port', '-1'], /--port/],
  [['serve', '--max-body-bytes', '0'], /expected a number above 0/],
  [['serve', '--log-level', 'loud'], /Allowed choices are/],
  [['server'], /--configFile/],
  [['query'], /missing required argument 'file'/],
  [['query', '-', '--data', 'd', '--url', 'u'], /cannot be used with/],
  [['check'], /missing required argument 'files'/],
];

for (const [args, message] of misuses) {
  test(`wrong usage, exit code 2: millrace ${args.join(' ')}`, async () => {
    const { code, stdout, stderr } = await runCommand(args);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
    assert.match(stderr, message);
  });
}

test('--version is the version of the package', async () => {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  assert.deepEqual(await runCommand(['--version']), { code: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

test('a reader that closes its pipe is no error', async () => {
  const child = spawn(process.execPath, [mainFile, '--help']);
  child.stdout.destroy();
  const [[code], complaints] = await Promise.all([once(child, 'exit'), child.stderr.setEncoding('utf8').toArray()]);
  assert.deepEqual({ code, stderr: complaints.join('') }, { code: 0, stderr: '' });
});

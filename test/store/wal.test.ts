/** A crash may leave the last write cut short or scrambled: what was committed before is there, and the folder opens. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from '../../src/sql.ts';
import { Store } from '../../src/store/store.ts';
import { temporaryFolder } from '../support/engine.ts';

const commits = 20;

/** Commits 20 transactions, then dies without closing. */
const crashingWriter = `
  import { Store } from ${JSON.stringify(new URL('../../src/store/store.ts', import.meta.url).href)};
  import { sql } from ${JSON.stringify(new URL('../../src/sql.ts', import.meta.url).href)};
  const store = await Store.open({ directory: process.argv[1], memoryLimitBytes: 1 << 28, threads: 2, maxReaders: 2, compile: () => undefined });
  for (let n = 0; n < ${commits}; n++) {
    await store.transaction((transaction) => transaction.run(sql\`INSERT INTO meta.offsets SELECT 'test', 'p' || i, \${n}, NULL FROM range(50) r(i)\`));
  }
  process.kill(process.pid, 'SIGKILL');`;

describe('a damaged write-ahead log', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let crashed: string;
  let log: Buffer;
  before(async () => {
    folder = await temporaryFolder();
    crashed = path.join(folder.path, 'crashed');
    await mkdir(crashed);
    assert.throws(() => execFileSync(process.execPath, ['--input-type=module', '-e', crashingWriter, crashed]));
    log = await readFile(path.join(crashed, 'millrace.db.wal'));
  });
  after(() => folder[Symbol.asyncDispose]());

  /** Whole commits found after opening a copy of the crashed folder with this log. */
  async function commitsFound(
    name: string,
    damaged: Buffer,
  ): Promise<{ found: number; repaired: boolean; copies: number }> {
    const directory = path.join(folder.path, name);
    await mkdir(directory);
    await copyFile(path.join(crashed, 'millrace.db'), path.join(directory, 'millrace.db'));
    await writeFile(path.join(directory, 'millrace.db.wal'), damaged);
    const store = await Store.open({
      directory,
      memoryLimitBytes: 1 << 28,
      threads: 2,
      maxReaders: 2,
      compile: () => assert.fail('no dataSource here'),
    });
    const counts: unknown[] = [];
    for await (const { columns } of store.read(
      sql`SELECT count(*) FROM meta.offsets GROUP BY position ORDER BY position`,
    ))
      counts.push(...(columns[0] ?? []));
    const repaired = store.repair !== undefined;
    await store.close();
    assert.ok(
      counts.every((count) => count === 50),
      `a commit is there in part: ${counts}`,
    );
    return {
      found: counts.length,
      repaired,
      copies: (await readdir(directory)).filter((file) => file.includes('.damaged-')).length,
    };
  }

  it('whole: all is there', async () =>
    assert.deepEqual(await commitsFound('whole', log), { found: commits, repaired: false, copies: 0 }));

  for (const cut of [1, 20, 60]) {
    it(`${cut} bytes short: the last commit is gone, whole`, async () => {
      assert.equal((await commitsFound(`short-${cut}`, log.subarray(0, log.length - cut))).found, commits - 1);
    });
  }

  for (const [name, damage] of [
    [
      'last byte flipped',
      (bytes: Buffer) => bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 0xff, bytes.length - 1),
    ],
    [
      'inside the last commit flipped',
      (bytes: Buffer) => bytes.writeUInt8(bytes.readUInt8(bytes.length - 60) ^ 0xff, bytes.length - 60),
    ],
  ] as const) {
    it(`${name}: the last commit is cut off, with a copy of the log kept`, async () => {
      const damaged = Buffer.from(log);
      damage(damaged);
      assert.deepEqual(await commitsFound(name.replaceAll(' ', '-'), damaged), {
        found: commits - 1,
        repaired: true,
        copies: 1,
      });
    });
  }

  it('zeros after the last commit: all is there', async () => {
    assert.equal((await commitsFound('zeros', Buffer.concat([log, Buffer.alloc(4096)]))).found, commits);
  });
});

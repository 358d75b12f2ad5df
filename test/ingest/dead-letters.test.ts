/** Rejected events in files: all of them, each once, readable line by line. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { it } from 'node:test';
import { pageViews, temporaryBackend } from '../support/backend.ts';
import { temporaryFolder } from '../support/engine.ts';

const time = '2026-06-01T12:00:00Z';

async function lettersIn(folder: string): Promise<Record<string, string>[]> {
  const files = (await readdir(folder)).sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  );
}

it('the folder is made, each reject is a line of JSON, and commits of one millisecond keep apart', async () => {
  await using place = await temporaryFolder();
  const folder = path.join(place.path, 'not', 'there yet');
  await using test = await temporaryBackend({
    deadLetterDirectory: folder,
    now: () => Date.parse('2026-06-01T12:00:00.007Z'),
  });
  const names = ['pageviews', `q"uo'te; \\ ü*?`, 'ü'.repeat(127)];
  for (const dataSource of names) await test.define(pageViews({ dataSource }));
  const hostile = `{"time":"x","url":"quote \\" back \\\\ line \\n nul \\u0000 ü 😀"}`;
  for (const dataSource of names)
    for (const event of [hostile, `  {"url":"/a"} \t`]) await test.push(dataSource, `{"time":"${time}"}\n${event}`);
  const letters = await lettersIn(folder);
  assert.deepEqual(letters.map(({ event }) => event).sort(), names.flatMap(() => [hostile, '{"url":"/a"}']).sort());
  const fields = ['rejectedAt', 'reason', 'detail', 'event'];
  for (const letter of letters) {
    assert.deepEqual(Object.keys(letter), fields);
    assert.deepEqual([letter.rejectedAt, letter.reason], ['2026-06-01T12:00:00.007Z', 'unparseable']);
  }
});

it('a write that fails takes nothing and leaves nothing; the retry brings every event once', async () => {
  await using place = await temporaryFolder();
  const folder = path.join(place.path, 'letters');
  await using test = await temporaryBackend({ deadLetterDirectory: folder });
  await test.define(pageViews());
  const body = `{"time":"${time}","url":"/a"}\n{"url":"no time"}`;
  await rm(folder, { recursive: true });
  await writeFile(folder, 'no folder any more');
  await assert.rejects(test.push('pageviews', body), { code: 'unavailable', status: 503, message: /letters/ });
  assert.deepEqual(await test.rows('pageviews', ['url']), []);
  assert.deepEqual(await test.backend.rejects('pageviews'), []);
  await rm(folder);
  await mkdir(folder);
  const { sent, dropped } = await test.push('pageviews', body);
  assert.deepEqual({ sent, dropped }, { sent: 1, dropped: { unparseable: 1 } });
  assert.deepEqual(await test.rows('pageviews', ['url']), [['/a']]);
  assert.equal((await lettersIn(folder)).length, 1);
});

it('letters of a body that is refused after all are taken back', async () => {
  await using place = await temporaryFolder();
  await using test = await temporaryBackend({ deadLetterDirectory: place.path });
  await test.define(pageViews());
  await test.define(pageViews({ dataSource: 'other' }));
  // They share a commit, which the second one spoils at first.
  const [taken, refused] = await Promise.allSettled([
    test.push('pageviews', '{"url":"no time"}'),
    test.push('other', '{"time":}'),
  ]);
  assert.deepEqual([taken.status, refused.status], ['fulfilled', 'rejected']);
  assert.equal((await lettersIn(place.path)).length, 1);
});

it('a folder that cannot be made is said before anything is opened', async () => {
  await using place = await temporaryFolder();
  const file = path.join(place.path, 'file');
  await writeFile(file, '');
  await assert.rejects(temporaryBackend({ deadLetterDirectory: path.join(file, 'letters') }), {
    code: 'environment',
    message: /--dead-letter/,
  });
});

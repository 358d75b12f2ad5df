import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readableLines } from '../../src/sources/readable-lines.ts';

const cases: readonly (readonly [string, string, string, number])[] = [
  ['nothing', '', '', 0],
  ['usual lines', '{"a":1}\n{"a":2}\n', '{"a":1}\n{"a":2}\n', 0],
  ['an empty line at the beginning, in the middle, at the end', '\na\n\nb\n\n', 'a\nb\n', 3],
  ['lines of blanks and tabs', ' \t \na\n\t\n  \nb\n', 'a\nb\n', 3],
  ['lines that only begin or end with blanks', '  a\n\tb \nc \n', '  a\n\tb \nc \n', 0],
  ['blank lines alone', '\n \n\t\n', '', 3],
];

for (const [name, given, lines, blank] of cases) {
  test(name, () => {
    const readable = readableLines(Buffer.from(given));
    assert.deepEqual([readable.lines.toString(), readable.blank], [lines, blank]);
  });
}

test('what is not UTF-8 is replaced within its line', () => {
  // A lone continuation, an overlong form, a sequence that is cut off by the line's end, and one that is right.
  const given = Buffer.concat(
    [[0x80], [0xc0, 0xaf], [0xe2, 0x82], [0xe2, 0x82, 0xac]].map((bytes) => Buffer.from([...bytes, 0x0a])),
  );
  const { lines, blank } = readableLines(given);
  assert.equal(lines.toString(), '\ufffd\n\ufffd\ufffd\n\ufffd\n€\n');
  assert.equal(blank, 0);
});

test('a line nested deeper than 1000 is cut off there; brackets side by side or in texts are not counted', () => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}\n`;
  const brackets = `{"text":"${'['.repeat(2000)}\\"${'{'.repeat(2000)}","list":[${'{},'.repeat(2000)}{}]}\n`;
  const sound = nested(1000) + brackets + nested(3);
  const cut = `{"a":${'['.repeat(999)}${' '.repeat(1002)}\n`;
  const { lines, blank } = readableLines(Buffer.from(sound + nested(1001) + sound));
  assert.equal(lines.toString(), sound + cut + sound);
  assert.equal(blank, 0);
});

test('an event that is too large is a note in its place, and the others stay', () => {
  const largest = `{"a":"${'x'.repeat(4 * 1024 * 1024 - 8)}"}`;
  const given = `{"a":1}\n${largest}x\n${largest}\n{"a":2}\n${largest}xx\n`;
  const lines = readableLines(Buffer.from(given)).lines.toString().split('\n');
  const note = (bytes: number) => `An event of ${bytes} bytes was left out: 4194304 is the most that one may have.`;
  assert.deepEqual(lines, ['{"a":1}', note(4194305), largest, '{"a":2}', note(4194306), '']);
});

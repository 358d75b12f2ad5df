import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveText } from '../../src/observe/live-line.ts';
import { Terminal } from '../../src/observe/terminal.ts';

/** A screen that understands the two controls that Terminal uses, so that the test sees what a person would. */
function screen(columns: number) {
  let text = '';
  return {
    columns,
    write(chunk: string): boolean {
      const [first = '', ...afterClearing] = chunk.split('\r\x1b[2K');
      text += first;
      for (const part of afterClearing) text = text.slice(0, text.lastIndexOf('\n') + 1) + part;
      return true;
    },
    lines: () => text.split('\n'),
  };
}

test('printed lines stand above the live line, and clearing leaves nothing behind', () => {
  const stream = screen(80);
  const terminal = new Terminal(stream);
  terminal.live('1 event/s');
  terminal.print('a warning\n');
  terminal.live('2 events/s');
  assert.deepEqual(stream.lines(), ['a warning', '2 events/s']);
  terminal.live('');
  assert.deepEqual(stream.lines(), ['a warning', '']);
});

test('the live line never wraps', () => {
  const stream = screen(10);
  new Terminal(stream).live('0123456789abcdef');
  assert.deepEqual(stream.lines(), ['012345678']);
});

test('rate, rows and memory in one line', () => {
  assert.equal(liveText(1234.4, 390000, 123_400_000), '1,234 events/s · 390,000 rows · 123 MB');
});

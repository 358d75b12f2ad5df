import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MillraceError } from '../../src/errors.ts';
import { jsonLines, type Lines, textLines } from '../../src/sources/push-body.ts';

const json = (text: string) => jsonLines(Buffer.from(text));
const textOf = ({ lines }: Lines) => Buffer.from(lines).toString();

/** The events that the lines hold, read as a reader of newline-delimited JSON reads them. */
function eventsOf(result: Lines): unknown[] {
  const text = textOf(result);
  assert.ok(text === '' || text.endsWith('\n'), 'the last line is ended');
  const events = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line));
  assert.equal(result.events, events.length, 'the count is exact');
  return events;
}

function refusal(take: () => unknown): string {
  try {
    take();
  } catch (error) {
    assert.ok(error instanceof MillraceError);
    assert.equal(error.status, 400);
    return error.message;
  }
  assert.fail('was taken');
}

const bodies: readonly [what: string, body: string, events: unknown[]][] = [
  ['an empty body', '', []],
  ['white space', ' \r\n\t\n', []],
  ['an empty array', '[ ]', []],
  ['one object', '{"a":1}', [{ a: 1 }]],
  ['lines', '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
  ['lines, the last not ended', '{"a":1}\n{"a":2}', [{ a: 1 }, { a: 2 }]],
  ['lines with blank ones between', '\n{"a":1}\n\n   \n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
  ['lines that end in CR LF', '{"a":1}\r\n{"a":2}\r\n', [{ a: 1 }, { a: 2 }]],
  ['two objects in one line', '{"a":1}{"a":2}\n{"a":3}', [{ a: 1 }, { a: 2 }, { a: 3 }]],
  ['two objects, a space between', '{"a":1} {"a":2}', [{ a: 1 }, { a: 2 }]],
  ['two objects, tabs between', '{"a":1}\t\t{"a":2}', [{ a: 1 }, { a: 2 }]],
  ['an array in one line', '[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
  ['an array, one event a line', '[{"a":1},\n{"a":2}\n]\n', [{ a: 1 }, { a: 2 }]],
  ['two arrays', '[{"a":1}][{"a":2}]', [{ a: 1 }, { a: 2 }]],
  ['brackets, quotes and line ends in strings', '[{"a":"}\\n{"},{"b":"\\"]"}]', [{ a: '}\n{' }, { b: '"]' }]],
  ['a string that ends in a backslash', '[{"a":"\\\\"},{"b":2}]', [{ a: '\\' }, { b: 2 }]],
  ['objects within objects', '{"a":{"b":[1,{"c":2}]}}\n{"a":{}}', [{ a: { b: [1, { c: 2 }] } }, { a: {} }]],
  ['an object over lines that end in braces', '{"a":{"b":1}\n,"c":{"d":2}\n}', [{ a: { b: 1 }, c: { d: 2 } }]],
  ['a byte order mark', '\ufeff{"a":1}', [{ a: 1 }]],
];

for (const [what, body, events] of bodies) {
  test(`JSON body: ${what}`, () => assert.deepEqual(eventsOf(json(body)), events));
}

const eventArbitrary = fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 3 })), {
  maxLength: 8,
});
const spacing = fc.constantFrom('', '\n', '\r\n', ' ', '\t', '\n\n', ' \n ');
const indents = fc.constantFrom(undefined, 1, 2, '\t');

test('an array of any events becomes the same events, a line each, however it is indented', () => {
  fc.assert(
    fc.property(eventArbitrary, indents, (events, indent) => {
      const text = JSON.stringify(events, undefined, indent);
      assert.deepEqual(eventsOf(json(text)), JSON.parse(text));
    }),
  );
});

test('any events one after the other become the same events, whatever white space stands between', () => {
  fc.assert(
    fc.property(eventArbitrary, indents, spacing, (events, indent, between) => {
      const texts = events.map((event) => JSON.stringify(event, undefined, indent));
      assert.deepEqual(
        eventsOf(json(texts.join(between))),
        texts.map((text) => JSON.parse(text)),
      );
    }),
  );
});

test('what is cut off at any byte, or has any byte replaced, is refused or becomes lines; nothing else is thrown', () => {
  const whole = Buffer.from('[{"a":"x","b":[1,{"c":null}]},\n {"a":"\\"é"}]');
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  for (let at = 0; at < whole.length; at++)
    for (const byte of [undefined, ...bytes]) {
      const body = Buffer.from(byte === undefined ? whole.subarray(0, at) : whole);
      if (byte !== undefined) body[at] = byte;
      try {
        jsonLines(body);
      } catch (error) {
        assert.ok(error instanceof MillraceError);
        // The replaced byte may be one more line break.
        assert.match(error.message, /^Malformed JSON on line [123]/);
      }
    }
});

const broken: readonly [what: string, body: string, message: RegExp][] = [
  ['a word', 'hello', /^Malformed JSON on line 1 column 1: expected an event.*, found "h"$/],
  [
    'a line that is no object',
    '{"a":1}\n17\n{"a":2}',
    /^Malformed JSON on line 2 column 1: expected an event.*, found "1"$/,
  ],
  ['an array of numbers', '[1,2]', /line 1 column 2: expected an event/],
  ['an array in an array', '[[{"a":1}]]', /line 1 column 2: expected an event/],
  ['a comma after the last event', '[{"a":1},\n]', /line 2 column 1: expected an event/],
  ['a missing comma', '[{"a":1}\n{"a":2}]', /line 2 column 1: expected a comma or \], found "\{"$/],
  ['an array that does not end', '[{"a":1}\n', /line 2 column 1: expected a comma or \], found the end$/],
  ['an event that does not end', '[{"a":1},\n{"a":[2}]', /line 2 column 8: expected \], found "\}"$/],
  ['an event cut off', '{"a":1}\n{"a":2', /line 2 column 7: the event that begins on line 2 does not end$/],
  ['a string that does not end', '{"a":1}\n{"é":"x', /line 2 column 6: the string that begins here does not end$/],
  ['a line break in a string', '[{"a":"x\n"}]', /line 1 column 9: a string holds a line break/],
  ['a character of its own', '[{"é":1}, 😀]', /line 1 column 11: .* found "😀"$/],
];

for (const [what, body, message] of broken) {
  test(`JSON body refused: ${what}`, () =>
    assert.match(
      refusal(() => json(body)),
      message,
    ));
}

test('nesting is bounded, however deep it comes', () => {
  const nested = (depth: number) => `[{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}]`;
  assert.equal(json(nested(1000)).events, 1);
  assert.match(
    refusal(() => json(nested(1001))),
    /nested deeper than 1000$/,
  );
  assert.match(
    refusal(() => json(`[{"a":${'['.repeat(5_000_000)}`)),
    /nested deeper than 1000$/,
  );
});

test('bytes that are not UTF-8 are named by line and byte', () => {
  const body = Buffer.concat([Buffer.from('{"a":1}\n{"é":"'), Buffer.of(0xff), Buffer.from('"}\n')]);
  assert.match(
    refusal(() => jsonLines(Buffer.from(body))),
    /^Malformed JSON on line 2: byte 8 of the line is not UTF-8/,
  );
  assert.match(
    refusal(() => textLines(Buffer.from(body))),
    /^Malformed string on line 2: byte 8 of the line is not UTF-8/,
  );
});

test('text lines stay as they are; those of white space do not count', () => {
  const text = 'a|b\r\n\r\n  \t\nc "d" {\n\ne';
  const result = textLines(Buffer.from(text));
  assert.equal(textOf(result), `${text}\n`);
  assert.equal(result.events, 3);
  assert.deepEqual(textLines(Buffer.alloc(0)), { lines: Buffer.alloc(0), events: 0 });
});

test('an event is no larger than the limit, wherever it stands; the refusal says which', () => {
  const small = '{"a":1}';
  const ofSize = (bytes: number) => `{"a":"${'x'.repeat(bytes - '{"a":""}'.length)}"}`;
  const largest = ofSize(4 * 1024 * 1024);
  for (const text of [largest, [small, largest, small, largest].join('\n'), `[${small},${largest}]`])
    assert.doesNotThrow(() => jsonLines(Buffer.from(text)));
  const huge = ofSize(4 * 1024 * 1024 + 1);
  const bodies: [text: string, event: number][] = [
    [huge, 1],
    [`${small}\n\n${small}\n${huge}\n${small}`, 3],
    [`${largest}\n${largest}\n${huge}`, 3],
    [`[${small},${huge}]`, 2],
  ];
  for (const [text, event] of bodies) {
    const expected = { code: 'tooLarge', status: 413, message: new RegExp(`^event ${event} .*4194304 bytes`) };
    assert.throws(() => jsonLines(Buffer.from(text)), expected);
  }
  assert.throws(() => textLines(Buffer.from(`a,b\n${'x'.repeat(5_000_000)}\n`)), {
    code: 'tooLarge',
    message: /^event 2 /,
  });
});

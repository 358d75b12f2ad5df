import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Loaded, loadJson } from '../../src/spec/load.ts';
import { loadYaml } from '../../src/spec/load-yaml.ts';

const sample = (name: string) => readFileSync(new URL(`../fixtures/samples/${name}`, import.meta.url), 'utf8');

test('the sample with two mistakes is refused with the place of both', () => {
  assert.throws(() => loadJson(sample('metrics-kafka.json'), 'metrics-kafka.json'), {
    status: 400,
    message:
      'metrics-kafka.json, line 26 column 10: not valid JSON: expected a property name in double quotes, got `replicas`; write "replicas"' +
      "; metrics-kafka.json, line 26 column 21: expected ',' or '}' here, before `\"taskDuration\"`",
  });
});

const mistakes: readonly (readonly [text: string, column: number, message: RegExp])[] = [
  ['', 1, /expected a value, got the end/],
  ['{"a":1,}', 7, /a comma before '}' is one too many/],
  ['[1 2]', 3, /expected ',' or '\]' here, before `2`/],
  ['{"a":True}', 6, /got `True`; write true/],
  ['{"a":None}', 6, /write null/],
  ["{'a':1}", 2, /write "a"/],
  ['{"a" 1}', 6, /expected ':'/],
  ['[1,2', 5, /got the end of the text/],
  ['{"a":"b', 6, /does not end in its line/],
  ['{"a":1}}', 8, /expected the end, got `}`/],
  ['{"a":"x\ty"}', 8, /control character/],
  ['["\\q"]', 3, /unknown escape/],
  ['[01]', 2, /a number is written/],
  ['{"a":[1,2}}', 10, /expected ',' or ']', got `}`/],
  ['[/*c*/1]', 2, /no comments/],
];
for (const [text, column, message] of mistakes) {
  test(`${JSON.stringify(text)} is refused at column ${column}`, () => {
    assert.throws(
      () => loadJson(text),
      (error: Error & { place?: unknown }) => {
        assert.deepEqual(error.place, { line: 1, column });
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test('deep nesting is refused, not a stack overflow', () => {
  const deep = '['.repeat(100_000);
  assert.throws(() => loadJson(deep), { status: 400, message: /line 1 column 201: nested more than 200 deep/ });
  assert.throws(() => loadYaml(deep), { status: 400, message: /nested more than 200 deep/ });
  assert.deepEqual(loadJson(`"${'['.repeat(1000)}"`).value, '['.repeat(1000));
});

test('a byte order mark is no mistake', () => {
  assert.deepEqual(loadJson('\ufeff{"a":1}').value, { a: 1 });
});

const text = '{\n  "a": { "b c": [10, {"d": true}] },\n  "e": null\n}';
const loaders: Record<string, (text: string, file: string) => Loaded> = { loadJson, loadYaml };
for (const [name, load] of Object.entries(loaders)) {
  test(`${name} gives the value and the places of its parts`, () => {
    const { value, placeOf } = load(text, 'f.json');
    assert.deepEqual(value, { a: { 'b c': [10, { d: true }] }, e: null });
    assert.deepEqual(placeOf(['a', 'b c', 1, 'd']), { file: 'f.json', line: 2, column: 28, path: '$.a["b c"][1].d' });
    assert.deepEqual(placeOf(['a', 'b c', 1, 'd'], 'key'), {
      file: 'f.json',
      line: 2,
      column: 23,
      path: '$.a["b c"][1].d',
    });
    assert.deepEqual(placeOf(['e']), { file: 'f.json', line: 3, column: 8, path: '$.e' });
    assert.deepEqual(placeOf([]), { file: 'f.json', line: 1, column: 1, path: '$' });
    // What is not there is told by where it is missing.
    assert.deepEqual(placeOf(['a', 'x', 'y']), { file: 'f.json', line: 2, column: 8, path: '$.a.x.y' });
  });
}

test('YAML takes trailing commas, tabs, and its own syntax', () => {
  assert.deepEqual(loadYaml('{\n\t"a": [1, 2,],\n\t"b": "x",\n}').value, { a: [1, 2], b: 'x' });
  assert.deepEqual(loadYaml('a:\n  - 1\n  - x: y\n').value, { a: [1, { x: 'y' }] });
});

test('broken YAML is refused with its place, and aliases cannot explode', () => {
  assert.throws(() => loadYaml('a: b: c', 'f.yaml'), { status: 400, message: /^f\.yaml, line 1 column 4: not valid/ });
  const bomb = Array.from(
    { length: 9 },
    (_, i) =>
      `a${i}: &a${i} [${Array(9)
        .fill(i ? `*a${i - 1}` : 'x')
        .join(', ')}]`,
  ).join('\n');
  assert.throws(() => loadYaml(bomb), { status: 400 });
});

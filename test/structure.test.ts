/** The laws of the code's structure. Each list of exceptions only shrinks: an entry that is no longer needed fails. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { registrySource } from '../scripts/catalog.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const filesOf = (...patterns: string[]) => globSync(patterns, { cwd: root }).sort();

const sources = filesOf('src/**/*.ts');
const code = [...sources, ...filesOf('{test,bench,scripts,examples}/**/*.ts')];
const written = [...code, ...filesOf('{docs,examples,bench}/**/*.{md,json}', '*.md', '.ci/*')];

/** From the bottom up. A file may import from its own room and from the layers below; rooms side by side do not meet. */
const layers: readonly (readonly string[])[] = [
  ['ascii', 'errors', 'shared-bytes', 'sql', 'waiting'],
  ['observe', 'answer'],
  ['catalog'],
  ['spec', 'kafka'],
  ['store', 'druid', 'mirror'],
  ['supervision'],
  ['backend'],
  ['ingest', 'query'],
  ['sources'],
  ['embedded', 'cluster'],
  ['clone', 'promote'],
  ['library', 'server'],
  ['index', 'cli'],
];
const layerOf = new Map(layers.flatMap((rooms, layer) => rooms.map((room) => [room, layer] as const)));

/** `src/query/native.ts` → `query`, `src/backend.ts` → `backend`. */
const roomOf = (file: string) => (file.split('/')[1] as string).replace(/\.ts$/, '');

/** Project files that a file imports: statically, dynamically, or types only. */
function importsOf(file: string): string[] {
  const specifiers = read(file).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g);
  return [...specifiers].map(([, specifier]) => posix.join(posix.dirname(file), specifier as string));
}

test('every room of src has its layer', () => {
  const rooms = new Set(sources.map(roomOf));
  assert.deepEqual(
    [...rooms].filter((room) => !layerOf.has(room)),
    [],
  );
});

test('imports go downwards only', () => {
  const upwards = sources.flatMap((file) =>
    importsOf(file)
      .filter((target) => roomOf(target) !== roomOf(file))
      .filter((target) => Number(layerOf.get(roomOf(target))) >= Number(layerOf.get(roomOf(file))))
      .map((target) => `${file} imports ${target}`),
  );
  assert.deepEqual(upwards, []);
});

test('nothing in src imports from outside of src', () => {
  const outside = sources.flatMap((file) => importsOf(file).filter((target) => !target.startsWith('src/')));
  assert.deepEqual(outside, []);
});

test('no file imports itself in a circle', () => {
  const finished = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    else if (sources.includes(file) && !finished.has(file))
      for (const target of importsOf(file)) visit(target, [...path, file]);
    finished.add(file);
  };
  for (const file of sources) visit(file, []);
  assert.deepEqual(circles, []);
});

const mostLines = 300;

test('no file is long', () => {
  const lines = new Map(code.map((file) => [file, read(file).split('\n').length - 1]));
  const long = [...lines].filter(([, count]) => count > mostLines);
  assert.deepEqual(long, [], 'split these');
});

/** The checks of the compiler and the linter that are switched off, file by file. */
const suppressions: Readonly<Record<string, number>> = {
  'src/catalog/define.ts': 1,
  'src/query/encode.ts': 1,
  'test/support/backend.ts': 1,
};

test('the type checker and the linter stay on', () => {
  const off = /(?:\/\/|\/\*)\s*(?:biome-ignore|@ts-(?:ignore|expect-error|nocheck)|eslint-disable)/g;
  const found = code
    .map((file) => [file, [...read(file).matchAll(off)].length] as const)
    .filter(([, count]) => count > 0);
  assert.deepEqual(Object.fromEntries(found), suppressions);
});

function linesThatMatch(files: readonly string[], pattern: RegExp): string[] {
  return files.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
}

test('errors come from the catalogue of errors', () => {
  assert.deepEqual(linesThatMatch(sources, /\bnew (?:Type|Range)?Error\(/), []);
});

test('no test is skipped, singled out, or left for later', () => {
  const pattern = /\b(?:test|it|describe|suite|t|context)\.(?:skip|only|todo)\b|\b(?:skip|only|todo): (?:true|['"`])/;
  assert.deepEqual(linesThatMatch(filesOf('test/**/*.ts'), pattern), []);
});

test('nothing is left over', () => {
  assert.deepEqual(linesThatMatch(written, /\b(?:TO[D]O|FIX[M]E|HA[C]K)\b|\bdebugge[r];|\bconsole\.debu[g]\b/), []);
});

test('no path of a machine is written down', () => {
  assert.deepEqual(linesThatMatch(written, /(?<![\w.~$}])\/(?:work|home|root|Users|mnt)\/\w/), []);
});

test('the list of the catalogue is up to date', () => {
  assert.equal(read('src/catalog/registry.generated.ts'), registrySource(), 'run: node scripts/catalog.ts');
});

test('tests stand where their sources stand', () => {
  const rooms = new Set([...sources.map(dirname).map((folder) => folder.replace(/^src/, 'test')), 'test']);
  const others = ['test/clients', 'test/conformance', 'test/faults', 'test/laws', 'test/services'];
  const homeless = filesOf('test/**/*.test.ts').filter((file) => ![...rooms, ...others].includes(dirname(file)));
  assert.deepEqual(homeless, []);
});

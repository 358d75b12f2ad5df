/** Files of lookups in each format. Expected entries: what stands in the files. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parseSpecSchema } from '../../../src/spec/lookups/parse-spec.ts';
import { temporaryEngine } from '../../support/engine.ts';

let engine: Awaited<ReturnType<typeof temporaryEngine>>;
before(async () => {
  engine = await temporaryEngine();
});
after(() => engine[Symbol.asyncDispose]());

async function entriesOf(spec: object, text: string): Promise<unknown> {
  const file = path.join(engine.folder, 'entries');
  await writeFile(file, text);
  return engine.connection.rows(parseSpecSchema.parse(spec)(file));
}

test('csv: the first column is the key, the second the value', async () => {
  const spec = { format: 'csv', columns: ['code', 'name', 'more'] };
  assert.deepEqual(await entriesOf(spec, 'de,Germany,1\nkr,"Korea, South",2\nxx,,3\nq,"say ""q""",4\n'), [
    ['de', 'Germany'],
    ['kr', 'Korea, South'],
    ['xx', ''],
    ['q', 'say "q"'],
  ]);
});

test('csv: other columns, below a header and other lines', async () => {
  const columns = ['id', 'code', 'name'];
  const chosen = { format: 'csv', columns, keyColumn: 'code', valueColumn: 'name' };
  const rows = [['de', 'Germany']];
  assert.deepEqual(await entriesOf({ ...chosen, hasHeaderRow: true }, 'a,b,c\n1,de,Germany\n'), rows);
  assert.deepEqual(await entriesOf({ ...chosen, skipHeaderRows: 2 }, '#,x,y\n#,x,y\n1,de,Germany\n'), rows);
});

test('csv: columns that the header names', async () => {
  const spec = { format: 'csv', hasHeaderRow: true, keyColumn: 'code', valueColumn: 'name' };
  assert.deepEqual(await entriesOf(spec, 'name,code\nGermany,de\nFrance,fr\n'), [
    ['de', 'Germany'],
    ['fr', 'France'],
  ]);
});

test('tsv: quotes stand for themselves, and the delimiter may be another', async () => {
  const columns = ['k', 'v'];
  assert.deepEqual(await entriesOf({ format: 'tsv', columns }, 'a\t"x\nb\ty\n'), [
    ['a', '"x'],
    ['b', 'y'],
  ]);
  assert.deepEqual(await entriesOf({ format: 'tsv', columns, delimiter: '|' }, 'a|x\n'), [['a', 'x']]);
});

test('customJson: a line an entry', async () => {
  const spec = { format: 'customJson', keyFieldName: 'the "key"', valueFieldName: 'value' };
  assert.deepEqual(
    await entriesOf(spec, '{"the \\"key\\"":"a","value":"x"}\n{"the \\"key\\"":2,"value":3.5,"more":[]}\n'),
    [
      ['a', 'x'],
      ['2', '3.5'],
    ],
  );
});

test('customJson: members of any names', async () => {
  for (const name of ['*', 'a\\', 'a\\"b', 'a/b~c', 'a.b'])
    assert.deepEqual(
      await entriesOf(
        { format: 'customJson', keyFieldName: name, valueFieldName: 'v' },
        JSON.stringify({ [name]: 'k', v: 'x' }),
      ),
      [['k', 'x']],
      name,
    );
});

test('simpleJson: all members of all lines', async () => {
  assert.deepEqual(await entriesOf({ format: 'simpleJson' }, '{"a":"x"}\n{"b":"y"}\n{"a":"z"}\n'), [
    ['a', 'x'],
    ['b', 'y'],
    ['a', 'z'],
  ]);
});

test('a file that is not of the format is refused', async () => {
  const csv = { format: 'csv', columns: ['k', 'v'] };
  await assert.rejects(entriesOf(csv, 'a,x\nb\n'), /Line: 2/);
  await assert.rejects(entriesOf({ format: 'simpleJson' }, 'a,x\n'), /[Mm]alformed JSON/);
});

test('a spec that does not say where key and value are is refused', () => {
  for (const spec of [
    { format: 'csv' },
    { format: 'csv', columns: ['k'] },
    { format: 'csv', columns: ['k', 'v'], keyColumn: 'x' },
    { format: 'tsv', hasHeaderRow: true, keyColumn: 'k' },
    { format: 'customJson', keyFieldName: 'k' },
    { format: 'xml' },
    {},
  ])
    assert.equal(parseSpecSchema.safeParse(spec).success, false, JSON.stringify(spec));
});

/** Expected values: Druid's documentation of its JSON functions. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { specOf } from '../../src/catalog/index.ts';
import { parseJqPath, parseJsonPath } from '../../src/catalog/json-path.ts';
import { sql } from '../../src/sql.ts';
import { temporaryEngine } from '../support/engine.ts';

describe('paths into nested columns', () => {
  it('JSONPath', () => {
    assert.deepEqual(parseJsonPath('$'), []);
    assert.deepEqual(parseJsonPath('$.x.y'), ['x', 'y']);
    assert.deepEqual(parseJsonPath("$['x y'].z[1]"), ['x y', 'z', 1]);
    assert.deepEqual(parseJsonPath('$.arr[-1]'), ['arr', -1]);
    for (const wrong of ['', 'x', '.x', '$x', '$.', '$..x', '$[', '$[x]', '$.x.*[?(@)]'])
      assert.equal(parseJsonPath(wrong), undefined, wrong);
  });

  it('jq', () => {
    assert.deepEqual(parseJqPath('.'), []);
    assert.deepEqual(parseJqPath('.x.y[2]'), ['x', 'y', 2]);
    assert.deepEqual(parseJqPath('.["x y"]?.z'), ['x y', 'z']);
    assert.deepEqual(parseJqPath('."x.y"'), ['x.y']);
    assert.equal(parseJqPath('$.x'), undefined);
  });

  let engine: Awaited<ReturnType<typeof temporaryEngine>>;
  before(async () => {
    engine = await temporaryEngine();
  });
  after(() => engine[Symbol.asyncDispose]());

  const json = {
    x: { y: 'text', 'a/b~c': 1.5, '*': 'star', '"': 'quote', '': 'nameless' },
    list: [1, { z: true }],
    numbers: [1, 2],
    nothing: null,
    long: 9007199254740993n,
  };
  const text = JSON.stringify(json, (_, value) => (typeof value === 'bigint' ? Number(value) : value)).replace(
    '9007199254740992',
    '9007199254740993',
  );
  const at = async (path: string, expectedType?: string) => {
    const { entry, spec } = specOf('virtualColumn').parse({
      type: 'nested-field',
      columnName: 'n',
      outputName: 'v',
      path,
      expectedType,
    });
    const column = () => ({ sql: sql`CAST(${text} AS JSON)`, type: 'COMPLEX<json>' as const });
    const { sql: value } = entry.compile(spec, { time: sql`now()`, column });
    const [row] = await engine.connection.rows(
      sql`SELECT ${expectedType?.startsWith('ARRAY') ? sql`to_json(${value})` : value}`,
    );
    return row?.[0];
  };

  it('a nested field is what stands there', async () => {
    assert.equal(await at('$.x.y'), 'text');
    assert.equal(await at("$.x['a/b~c']"), '1.5');
    assert.equal(await at("$.x['*']"), 'star');
    assert.equal(await at(`$.x['"']`), 'quote');
    assert.equal(await at('$.list[0]', 'LONG'), 1n);
    assert.equal(await at('$.list[-2]', 'DOUBLE'), 1);
    assert.equal(await at('$.long', 'LONG'), 9007199254740993n);
    assert.equal(await at('$.list[1].z', 'LONG'), 1n, 'true is 1');
  });

  it('what is no scalar, and what is not there, is null', async () => {
    for (const path of ['$', '$.x', '$.list', '$.nothing', '$.none', '$.list[7]', '$.x.y.z'])
      assert.equal(await at(path), null, path);
    assert.equal(await at('$.x.y', 'LONG'), null);
  });

  it('arrays', async () => {
    const listed = async (path: string, type: string) => {
      const list = await at(path, type);
      return list === null ? null : JSON.parse(String(list));
    };
    assert.deepEqual(await listed('$.numbers', 'ARRAY<LONG>'), [1, 2]);
    assert.deepEqual(await listed('$.numbers[0]', 'ARRAY<DOUBLE>'), [1]);
    assert.deepEqual(await listed('$.x.y', 'ARRAY<STRING>'), ['text']);
    assert.equal(await listed('$.x', 'ARRAY<STRING>'), null);
  });

  it('a path that is none is a mistake', () => {
    const spec = { type: 'nested-field', columnName: 'n', outputName: 'v', path: 'x.y' };
    const parsed = specOf('virtualColumn').safeParse(spec);
    assert.deepEqual(parsed.error?.issues[0]?.path, ['path']);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { indented } from '../../src/server/pretty.ts';

/** The text, in pieces of a few characters each. */
async function pretty(text: string, pieceLength = 3): Promise<string> {
  async function* pieces() {
    for (let i = 0; i < text.length; i += pieceLength) yield text.slice(i, i + pieceLength);
  }
  let result = '';
  for await (const piece of indented(pieces())) result += piece;
  return result;
}

/** The form in Druid's documentation: https://druid.apache.org/docs/latest/querying/topnquery */
test('objects are indented, arrays stay in the line, as in the documentation of Druid', async () => {
  const compact =
    '[{"timestamp":"2013-08-31T00:00:00.000Z","result":[{"dim1":"dim1_val","count":111,"some_metrics":10669},{"dim1":"another_dim1_val","count":88}]}]';
  const expected = `[ {
  "timestamp" : "2013-08-31T00:00:00.000Z",
  "result" : [ {
    "dim1" : "dim1_val",
    "count" : 111,
    "some_metrics" : 10669
  }, {
    "dim1" : "another_dim1_val",
    "count" : 88
  } ]
} ]`;
  assert.equal(await pretty(compact), expected);
});

test('empty objects and arrays, numbers with all their digits', async () => {
  assert.equal(
    await pretty('[{},[],{"a":[]},9223372036854775807]'),
    '[ { }, [ ], {\n  "a" : [ ]\n}, 9223372036854775807 ]',
  );
});

test('any JSON stays the same value, wherever its pieces are cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json(), fc.integer({ min: 1, max: 9 }), async (text, pieceLength) => {
      const compact = JSON.stringify(JSON.parse(text));
      assert.equal(JSON.stringify(JSON.parse(await pretty(compact, pieceLength))), compact);
    }),
  );
});

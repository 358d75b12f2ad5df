/** Every case, answered by millrace, against what a real Druid answered (`npm run parity` asks a real one). */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { topics } from './cases/index.ts';
import { differences } from './compare.ts';
import type { Answer } from './define.ts';
import { readGolden } from './golden.ts';
import { openMillrace } from './millrace.ts';

let millrace: Awaited<ReturnType<typeof openMillrace>>;
before(async () => {
  millrace = await openMillrace();
});
after(() => millrace[Symbol.asyncDispose]());

for (const [topic, cases] of Object.entries(topics)) {
  suite(topic, () => {
    const golden = readGolden(topic);
    for (const [name, one] of Object.entries(cases)) {
      test(name, async () => {
        const found = differences(one, golden[name] as Answer, await millrace.ask(one.query));
        if (one.differs === undefined) assert.deepEqual(found, []);
        else assert.notDeepEqual(found, [], 'it no longer differs');
      });
    }
    test('no golden answer is left over', () => {
      assert.deepEqual(Object.keys(golden), Object.keys(cases));
    });
  });
}

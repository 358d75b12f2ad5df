/** Random queries are answered or refused, and never end in an error of the engine (`npm run parity -- --generate` asks a Druid too). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { Case } from './define.ts';
import { openMillrace } from './millrace.ts';
import { nativeCase } from './random/native.ts';
import { sqlCase } from './random/sql.ts';

let millrace: Awaited<ReturnType<typeof openMillrace>>;
before(async () => {
  millrace = await openMillrace();
});
after(() => millrace[Symbol.asyncDispose]());

const neverFails = async (cases: fc.Arbitrary<Case>) => {
  const property = fc.asyncProperty(cases, async ({ query }) => {
    const { status, body } = await millrace.ask(query);
    assert.ok([200, 400, 501].includes(status), `${status}: ${JSON.stringify(body)}`);
  });
  await fc.assert(property, { numRuns: 300, seed: 20_241_025 });
};

test('300 native queries', () => neverFails(nativeCase));
test('300 queries of SQL', () => neverFails(sqlCase));

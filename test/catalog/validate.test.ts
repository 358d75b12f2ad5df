import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { formatPath, validate } from '../../src/catalog/validate.ts';
import { MillraceError } from '../../src/errors.ts';

const schema = z.object({
  queryType: z.literal('topN'),
  threshold: z.number().int().positive(),
  order: z.enum(['ascending', 'descending']).optional(),
  intervals: z.union([z.string(), z.array(z.string())]),
});
const good = { queryType: 'topN', threshold: 5, intervals: 'x' };

function failure(run: () => unknown): MillraceError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof MillraceError);
    return error;
  }
  throw new assert.AssertionError({ message: 'expected an error' });
}
const read = (value: unknown) => failure(() => validate(schema, value, { what: 'query' }));

test('gives the value that the schema reads', () => {
  assert.deepEqual(validate(schema, good, { what: 'query' }), good);
});

test('a wrong type names the path, what was expected and what stood there', () => {
  const error = read({ ...good, threshold: 'five' });
  assert.equal(error.status, 400);
  assert.equal(error.message, "$.threshold: cannot read the query: expected a number, got 'five'");
});

test('a wrong word names the nearest right one', () => {
  assert.match(read({ ...good, order: 'descendng' }).message, /^\$\.order: .*did you mean 'descending'\?$/);
});

test('of a union the branch that came nearest complains', () => {
  assert.match(read({ ...good, intervals: ['a', 3] }).message, /^\$\.intervals\[1\]: .*expected a string, got 3$/);
  assert.match(read({ ...good, intervals: 3 }).message, /^\$\.intervals: .*expected a string or an array, got 3$/);
});

test('the first mistake leads, the others are listed', () => {
  const { message, place } = read({ ...good, threshold: -1, intervals: true });
  assert.equal(place?.path, '$.threshold');
  assert.match(message, /; \$\.intervals: expected a string or an array, got true$/);
});

test('an unsupported type is 501 unless something else is plainly wrong', () => {
  const gap = z.object({
    n: z.number(),
    type: z.string().superRefine((type, context) => {
      context.addIssue({
        code: 'custom',
        message: `type '${type}' is not supported yet`,
        params: { unsupported: true },
      });
    }),
  });
  assert.equal(failure(() => validate(gap, { n: 1, type: 'select' }, { what: 'query' })).status, 501);
  const both = failure(() => validate(gap, { n: 'x', type: 'select' }, { what: 'query' }));
  assert.equal(both.status, 400);
  assert.equal(both.place?.path, '$.n');
});

test('a place function gives line and column', () => {
  const place = (path: readonly PropertyKey[]) => ({ file: 'q.json', line: 2, column: 7, path: formatPath(path) });
  const error = failure(() => validate(schema, { ...good, threshold: null }, { what: 'query', place }));
  assert.match(error.message, /^q\.json, line 2 column 7, \$\.threshold: .*got null$/);
});

test('names that are no identifiers stand in brackets', () => {
  assert.equal(formatPath(['a', 0, 'b c', 'x"y']), '$.a[0]["b c"]["x\\"y"]');
});

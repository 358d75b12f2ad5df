import assert from 'node:assert/strict';
import { it } from 'node:test';
import { groupsOf, type Waiting } from '../../src/ingest/work.ts';
import { readDataSource } from '../../src/spec/data-schema.ts';
import type { DataSource, Window } from '../../src/spec/data-source.ts';
import { pageViews } from '../support/backend.ts';

const dataSource = readDataSource(pageViews());
const bounded = (window: Window): DataSource => ({ ...dataSource, window });

const waiting = (source: DataSource): Waiting => ({
  work: { parts: [{ dataSource: source, format: 'text', lines: Buffer.from('{}\n'), events: 1 }] },
  bytes: 3,
  sinceMs: 0,
  resolve: () => {},
  reject: () => {},
});

it('bodies of different bounds go through plans of their own', () => {
  const early = bounded({ policy: 'bounds', fromMs: undefined, toMs: 5 });
  const late = bounded({ policy: 'bounds', fromMs: 5, toMs: undefined });
  const round = [dataSource, early, late, { ...early }, dataSource].map(waiting);
  const groups = groupsOf(round).map(({ bodies }) => bodies.map(({ waiting }) => round.indexOf(waiting)));
  assert.deepEqual(groups, [[0, 4], [1, 3], [2]]);
});

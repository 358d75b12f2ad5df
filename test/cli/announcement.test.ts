import assert from 'node:assert/strict';
import { test } from 'node:test';
import { announcement } from '../../src/cli/announcement.ts';

/** As Druid's tutorial of streaming data shows it, of the version 0.7. */
const line =
  '2015-02-17T23:01:50,219 INFO [chief-wikipedia] io.druid.server.coordination.BatchDataSegmentAnnouncer - Announcing segment[wikipedia_2013-08-31T00:00:00.000Z_2013-09-01T00:00:00.000Z_2013-08-31T00:00:00.000Z] at path[/druid/segments/localhost:8084/2015-02-17T23:01:50.219Z0]';

test("a new segment is announced in the original's words", () => {
  const segment = { dataSource: 'wikipedia', startMs: Date.UTC(2013, 7, 31), endMs: Date.UTC(2013, 8, 1) };
  assert.equal(announcement(segment, 'localhost:8084', new Date('2015-02-17T23:01:50.219Z')), line);
});

/** What becomes of a lost position, by what is known of it and what the definition says: the table of docs/guides/supervisors.md. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AfterLoss, judgeLoss } from '../../src/embedded/lost-positions.ts';
import type { LostPosition } from '../../src/sources/stream.ts';

const unsaid: AfterLoss = { end: undefined, advice: 'say where.' };
const latest: AfterLoss = { end: 'latest', setting: 'auto.offset.reset', skipsTheRest: false };
const latestOfAll: AfterLoss = { end: 'latest', setting: 'resetOffsetAutomatically', skipsTheRest: true };

const lost = (cause: LostPosition['cause'], wanted = 20n): LostPosition => ({
  ...{ partition: 't/0', wanted, earliest: 25n, latest: 30n },
  cause,
});

const cases: readonly (readonly [LostPosition, AfterLoss, to: bigint | undefined, message: RegExp])[] = [
  [
    lost('removed'),
    unsaid,
    undefined,
    /5 records were removed before they were read\. Nothing of it is skipped: say where\./,
  ],
  [lost('removed'), latest, 25n, /5 records were removed .* from the first one that is left, 25\./],
  [
    lost('removed'),
    latestOfAll,
    30n,
    /5 records were removed .* from its latest position 30, as resetOffsetAutomatically says\./,
  ],
  [lost('removed', 0n), unsaid, undefined, /25 records were removed/],
  [lost('cutOff'), unsaid, undefined, /its end was cut off, or it was made anew/],
  [lost('cutOff'), latest, 30n, /its end was cut off.* from its latest position 30, as auto\.offset\.reset says\./],
  [lost('madeAnew'), unsaid, undefined, /it was made anew, and what stands there now is not what was read\. Nothing/],
  [lost('madeAnew'), latest, 30n, /it was made anew/],
  // Nothing that is there is passed over by that.
  [
    lost('madeAnew', 0n),
    unsaid,
    25n,
    /before anything of it was read: what the one before held, if anything, is lost\./,
  ],
  [lost('madeAnew', 0n), latestOfAll, 25n, /It is read from its beginning\./],
];

for (const [position, after, to, message] of cases)
  test(`${position.cause} at ${position.wanted}, ${'setting' in after ? after.setting : 'nothing said'}`, () => {
    const judged = judgeLoss(position, after);
    assert.deepEqual([judged.partition, judged.to], ['t/0', to]);
    assert.match(judged.message, message);
  });

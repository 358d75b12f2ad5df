/** The groups of the source that a flow looks after, where they are, and what that is on the target. */
import { asMillraceError, type MillraceError } from '../../errors.ts';
import type { CommittedOffset } from '../../kafka/index.ts';
import type { GroupSync } from '../flow-settings.ts';
import type { CurrentLedger } from '../ledger/ledger-reader.ts';
import { passes } from '../name-filter.ts';
import { severalAtATime } from '../several-at-a-time.ts';
import { type GroupsContext, groupsAtATime } from './groups-context.ts';
import { type TranslatedPosition, translateOffsets } from './translate-offsets.ts';

export class TranslatedGroups {
  readonly #context: GroupsContext;
  readonly #sync: GroupSync;
  readonly #ledger: CurrentLedger;
  #groupIds: readonly string[] = [];
  /** On performance.now()'s clock. */
  #listAgainAt = 0;

  constructor(context: GroupsContext, sync: GroupSync, ledger: CurrentLedger) {
    this.#context = context;
    this.#sync = sync;
    this.#ledger = ledger;
  }

  /**
   * By group. Those whose offsets cannot be had now are left out, which is said in the log.
   * @throws MillraceError `unavailable` when one of the clusters does not answer.
   */
  async read(): Promise<Map<string, TranslatedPosition[]>> {
    const { source, log } = this.#context;
    const committed = new Map<string, readonly CommittedOffset[]>();
    const failures: MillraceError[] = [];
    await severalAtATime(groupsAtATime, await this.#groups(), async (groupId) => {
      try {
        committed.set(groupId, await source.admin.groupOffsets(groupId));
      } catch (error) {
        failures.push(asMillraceError(error));
      }
    });
    const [err] = failures;
    if (err && committed.size === 0) throw err;
    if (err) log.warn({ err, groups: failures.length }, "some groups' offsets at the source cannot be read now");
    // Read after them: what a group has taken from the source by then is in the ledger, unless the mirror lags behind.
    return translateOffsets(this.#context, await this.#ledger.read(), committed);
  }

  /** Those that came since are found the next time, unless groups are looked for at the start only. */
  listAgain(): void {
    if (this.#sync.refreshIntervalMs !== undefined) this.#listAgainAt = 0;
  }

  async #groups(): Promise<readonly string[]> {
    const { groups, refreshIntervalMs = Infinity } = this.#sync;
    if (performance.now() < this.#listAgainAt) return this.#groupIds;
    const listed = await this.#context.source.admin.listGroups();
    this.#groupIds = listed.map(({ groupId }) => groupId).filter((groupId) => passes(groups, groupId));
    this.#listAgainAt = performance.now() + refreshIntervalMs;
    return this.#groupIds;
  }
}

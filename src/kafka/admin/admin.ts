/** What a cluster tells and changes beside its records: groups, configurations, access. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerConnection } from '../connections.ts';
import { commitOffsets, type GroupOffset, groupError } from '../group-requests.ts';
import { type CommittedOffset, groupOffsets } from './group-offsets.ts';
import { type ListedGroup, listGroups } from './list-groups.ts';

type Request<Answer> = (connection: BrokerConnection) => Promise<Answer>;

/** Whom a request is for. */
export interface Brokers {
  /** The first that answers. */
  any<Answer>(request: Request<Answer>): Promise<Answer>;
  each<Answer>(request: Request<Answer>): Promise<Answer[]>;
  /** The broker that coordinates the group, looked for each time. */
  coordinator<Answer>(groupId: string, request: Request<Answer>): Promise<Answer>;
}

/** What a coordinator answers for a while: it moves, it begins, a transaction is about to be decided. */
const passing: ReadonlySet<string | undefined> = new Set([
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'UNSTABLE_OFFSET_COMMIT',
]);
/** Kafka's own default.api.timeout.ms is a minute. */
const patienceMs = 30_000;
const backoffMs = { first: 50, most: 1000 };

/** All requests throw MillraceError `unavailable` when Kafka does not answer, or refuses, with its reason. */
export class Admin {
  readonly #brokers: Brokers;

  constructor(brokers: Brokers) {
    this.#brokers = brokers;
  }

  /** The groups of consumers, and in which state each is. */
  async listGroups(): Promise<ListedGroup[]> {
    return (await this.#brokers.each(listGroups)).flat();
  }

  /**
   * All that the group has committed, once no open transaction is about to change it; none for a group that there is not.
   * Asked again for up to half a minute.
   */
  groupOffsets(groupId: string): Promise<CommittedOffset[]> {
    return this.#askCoordinator(groupId, (connection) => groupOffsets(connection, groupId));
  }

  /**
   * Sets offsets of a group from outside, which makes the group where there is none.
   * @returns false when the group has members: Kafka leaves it to them, and nothing was changed.
   */
  async setGroupOffsets(groupId: string, offsets: readonly GroupOffset[]): Promise<boolean> {
    const outsider = { groupId, memberId: '', instanceId: null, generationId: -1 };
    try {
      await this.#askCoordinator(groupId, (connection) => commitOffsets(connection, outsider, offsets));
      return true;
    } catch (error) {
      if (groupError(error) === 'UNKNOWN_MEMBER_ID') return false;
      throw error;
    }
  }

  async #askCoordinator<Answer>(groupId: string, request: Request<Answer>): Promise<Answer> {
    const giveUpAt = Date.now() + patienceMs;
    for (let pauseMs = backoffMs.first; ; pauseMs = Math.min(2 * pauseMs, backoffMs.most)) {
      try {
        return await this.#brokers.coordinator(groupId, request);
      } catch (error) {
        if (!passing.has(groupError(error) ?? 'no answer') || Date.now() + pauseMs > giveUpAt) throw error;
      }
      await sleep(pauseMs);
    }
  }
}

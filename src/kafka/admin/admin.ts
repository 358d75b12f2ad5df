/** What a cluster tells and changes beside its records: groups, configurations, access. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerConnection } from '../connections.ts';
import { commitOffsets, type GroupOffset, groupError } from '../group-requests.ts';
import { createTopicAcls, describeTopicAcls, type TopicAcl } from './acls.ts';
import { type CommittedOffset, groupOffsets } from './group-offsets.ts';
import { type ListedGroup, listGroups } from './list-groups.ts';
import {
  alterTopicConfigs,
  type ConfigChanges,
  describeTopicConfigs,
  type TopicAnswer,
  type TopicConfig,
} from './topic-configs.ts';

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
    return (await patiently(() => this.#brokers.each(listGroups))).flat();
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

  /**
   * By topic: how it is configured, with the brokers' defaults, or why Kafka does not tell.
   * @param names of the properties; all by default.
   */
  async topicConfigs(
    topics: readonly string[],
    names?: readonly string[],
  ): Promise<TopicAnswer<readonly TopicConfig[]>> {
    if (topics.length === 0) return new Map();
    return this.#brokers.any((connection) => describeTopicConfigs(connection, topics, names));
  }

  /** By topic: undefined when its configuration was changed, or why not. From Kafka 2.3 on, else `unsupported`. */
  async alterTopicConfigs(changes: ReadonlyMap<string, ConfigChanges>): Promise<TopicAnswer<undefined>> {
    if (changes.size === 0) return new Map();
    return this.#brokers.any((connection) => alterTopicConfigs(connection, changes));
  }

  /** Entries about topics by their whole names; `context.kafkaError` SECURITY_DISABLED where the cluster has no authorizer. */
  topicAcls(): Promise<TopicAcl[]> {
    return this.#brokers.any(describeTopicAcls);
  }

  /** Adds those that are not there yet; when one is refused, others may have been added. */
  async createTopicAcls(acls: readonly TopicAcl[]): Promise<void> {
    if (acls.length > 0) await this.#brokers.any((connection) => createTopicAcls(connection, acls));
  }

  #askCoordinator<Answer>(groupId: string, request: Request<Answer>): Promise<Answer> {
    return patiently(() => this.#brokers.coordinator(groupId, request));
  }
}

/** Asks again for as long as the answer is one that passes. */
async function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const giveUpAt = Date.now() + patienceMs;
  for (let pauseMs = backoffMs.first; ; pauseMs = Math.min(2 * pauseMs, backoffMs.most)) {
    try {
      return await ask();
    } catch (error) {
      if (!passing.has(groupError(error) ?? 'no answer') || Date.now() + pauseMs > giveUpAt) throw error;
    }
    await sleep(pauseMs);
  }
}

/**
 * A member of a consumer group: it shares topics' partitions with the other members, and keeps offsets in the group.
 *
 *     for await (const share of group.generations(signal)) {
 *       // Read share.partitions until share.revoked aborts; commit; go on to the next share.
 *     }
 *
 * The group's coordinator leaves a partition with one member at a time: the next one gets it after the last one has come
 * back for its next share, so what the last one has committed by then is all that it has read.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { asMillraceError, MillraceError } from '../errors.ts';
import { backoffAfter, pause } from '../waiting.ts';
import { Coordinator, type CoordinatorOptions } from './coordinator.ts';
import { fingerprint, type Layout, layoutOf, shareOut } from './group-layout.ts';
import {
  commitOffsets,
  fetchOffsets,
  type GroupOffset,
  groupError,
  heartbeat,
  joinGroup,
  leaveGroup,
  type Member,
  syncGroup,
} from './group-requests.ts';
import { KeptShare, type Share } from './group-share.ts';
import {
  decodeConsumerProtocolAssignment,
  decodeConsumerProtocolSubscription,
  encodeConsumerProtocolAssignment,
  encodeConsumerProtocolSubscription,
} from './library.ts';
import { mayPass } from './protocol-errors.ts';

export interface GroupOptions extends CoordinatorOptions {
  /** Names of topics, or a pattern that whole names have to match. */
  readonly topics: readonly string[] | RegExp;
  /** What keeps the member from its group for now; it is tried again. */
  onTrouble(error: MillraceError): void;
}

const backoff = { backoffMs: 100, maxBackoffMs: 5_000 };
/** A coordinator that has just begun refuses for a moment, which is not worth a word. */
const quietTries = 2;

/** Says that this member is none any more, or of another generation. */
const outdated: readonly (string | undefined)[] = ['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS'];

export class ConsumerGroup {
  readonly #options: GroupOptions;
  readonly #coordinator: Coordinator;
  #member: Member;
  /** Another one with each wish for new shares: to the coordinator it is what tells such a wish from a mere return. */
  #wishes = 0;

  constructor(options: GroupOptions) {
    const { groupId, instanceId } = options.settings;
    this.#options = options;
    this.#coordinator = new Coordinator(options);
    this.#member = { groupId, instanceId, memberId: '', generationId: -1 };
  }

  /**
   * One share after the other, until the signal aborts; the next one is waited for while others give up theirs. Leaves the
   * group at the end.
   * @throws MillraceError `conflict` when another member has the same lasting name (`group.instance.id`).
   */
  async *generations(signal: AbortSignal): AsyncGenerator<Share, void, void> {
    // A wait for the other members may be long.
    const breakOff = () => this.#coordinator.disconnect();
    try {
      for (let tries = 0; !signal.aborted; ) {
        let share: KeptShare;
        signal.addEventListener('abort', breakOff);
        try {
          share = await this.#join();
          tries = 0;
        } catch (error) {
          if (signal.aborted) break;
          await this.#afterFailure(asMillraceError(error), tries++, signal);
          continue;
        } finally {
          signal.removeEventListener('abort', breakOff);
        }
        const keeping = [this.#keep(share, signal), this.#watch(share)];
        try {
          yield share;
        } finally {
          share.end();
          await Promise.all(keeping);
        }
      }
    } finally {
      await this.#leave();
    }
  }

  async #join(): Promise<KeptShare> {
    const { settings } = this.#options;
    const topics = [...(await this.#layout()).keys()];
    const wish = { version: 0, topics, userData: String(this.#wishes) };
    const subscription = encodeConsumerProtocolSubscription(wish);
    const { memberId, generationId, members } = await this.#coordinator.ask((connection) =>
      joinGroup(connection, this.#member, settings, subscription),
    );
    this.#member = { ...this.#member, memberId, generationId };
    const parts = members.length > 0 ? await this.#shareOut(members) : new Map<string, Buffer>();
    const mine = await this.#coordinator.ask((connection) => syncGroup(connection, this.#member, parts));
    const { assignedPartitions, userData } = decodeConsumerProtocolAssignment(mine);
    const partitions = assignedPartitions.flatMap(({ topic, partitions: ofTopic }) =>
      ofTopic.map((partition) => ({ topic, partition })),
    );
    return new KeptShare(partitions, String(userData), {
      committed: () =>
        this.#coordinator.ask((connection) => fetchOffsets(connection, this.#member.groupId, partitions)),
      commit: (offsets) => this.#commit({ ...this.#member, generationId }, offsets),
    });
  }

  /** As the leader: everyone's part, with what it is a part of. */
  async #shareOut(members: readonly { readonly memberId: string; readonly metadata: Buffer }[]) {
    const subscribers = members.map(({ memberId, metadata }) => ({
      memberId,
      topics: decodeConsumerProtocolSubscription(metadata).topics,
    }));
    const all = [...new Set(subscribers.flatMap(({ topics }) => topics))];
    const layout = layoutOf((await this.#options.cluster.metadata(all)).topics);
    const shares = shareOut(subscribers, layout);
    return new Map(
      subscribers.map(({ memberId, topics }) => {
        const byTopic = Map.groupBy(shares.get(memberId) ?? [], ({ topic }) => topic);
        const assignedPartitions = [...byTopic].map(([topic, ofTopic]) => ({
          topic,
          partitions: ofTopic.map(({ partition }) => partition),
        }));
        const userData = fingerprint(layout, topics);
        return [memberId, encodeConsumerProtocolAssignment({ version: 0, assignedPartitions, userData })];
      }),
    );
  }

  /** Tells the coordinator that the member lives, until the share is over; revokes it when it has to be. */
  async #keep(share: KeptShare, signal: AbortSignal): Promise<void> {
    const { heartbeatIntervalMs, sessionTimeoutMs } = this.#options.settings;
    const revoke = () => share.revoke();
    signal.addEventListener('abort', revoke);
    if (signal.aborted) revoke();
    let heardMs = performance.now();
    while (!share.over.aborted) {
      try {
        await sleep(heartbeatIntervalMs, undefined, { signal: share.over });
        await this.#coordinator.askWithin(sessionTimeoutMs, (connection) => heartbeat(connection, this.#member));
        heardMs = performance.now();
      } catch (error) {
        if (share.over.aborted) break;
        if (this.#noteOutdated(error)) share.revoke();
        else if (groupError(error) === undefined) this.#coordinator.disconnect();
        // From here on the coordinator gives the partitions to others.
        if (performance.now() - heardMs >= sessionTimeoutMs) share.revoke();
      }
    }
    signal.removeEventListener('abort', revoke);
  }

  /** Revokes the share when there are topics or partitions of which the leader did not know when it shared out. */
  async #watch(share: KeptShare): Promise<void> {
    const { metadataMaxAgeMs } = this.#options.settings;
    while (!share.revoked.aborted) {
      const layout = await this.#layout().catch(() => undefined);
      if (layout && fingerprint(layout, layout.keys()) !== share.fingerprint && !share.revoked.aborted) {
        this.#wishes++;
        share.revoke();
      }
      await pause(metadataMaxAgeMs, share.revoked);
    }
  }

  async #layout(): Promise<Layout> {
    return layoutOf((await this.#options.cluster.metadata(this.#options.topics)).topics);
  }

  async #commit(member: Member, offsets: readonly GroupOffset[]): Promise<void> {
    if (offsets.length === 0) return;
    // Until then the group keeps a member of which its next coordinator has heard nothing.
    const deadlineMs = performance.now() + this.#options.settings.sessionTimeoutMs;
    for (let tries = 0; ; tries++) {
      try {
        return await this.#coordinator.ask((connection) => commitOffsets(connection, member, offsets));
      } catch (error) {
        const name = groupError(error);
        if (outdated.includes(name) || name === 'FENCED_INSTANCE_ID')
          throw new MillraceError('conflict', `group '${member.groupId}' has given the partitions to others: ${name}`);
        if (!mayPass(error) || performance.now() >= deadlineMs) throw error;
        await sleep(pauseMs(tries));
      }
    }
  }

  async #afterFailure(error: MillraceError, tries: number, signal: AbortSignal): Promise<void> {
    if (groupError(error) === 'FENCED_INSTANCE_ID') throw sameName(this.#member);
    if (this.#noteOutdated(error)) return;
    if (tries >= quietTries) this.#options.onTrouble(error);
    await pause(pauseMs(tries), signal);
  }

  #noteOutdated(error: unknown): boolean {
    const name = groupError(error);
    if (name === 'UNKNOWN_MEMBER_ID') this.#member = { ...this.#member, memberId: '' };
    return outdated.includes(name) || name === 'FENCED_INSTANCE_ID';
  }

  /** As far as the coordinator can be told in a moment; else it notices by itself. */
  async #leave(): Promise<void> {
    const isMember = this.#member.memberId !== '' || this.#member.instanceId !== null;
    const { sessionTimeoutMs } = this.#options.settings;
    if (isMember)
      await this.#coordinator
        .askWithin(sessionTimeoutMs, (connection) => leaveGroup(connection, this.#member))
        .catch(() => {});
    this.#coordinator.close();
  }
}

/** @param tries before it. */
const pauseMs = (tries: number): number => backoffAfter(tries + 1, backoff);

const sameName = ({ groupId, instanceId }: Member) =>
  new MillraceError(
    'conflict',
    `another member of group '${groupId}' goes by the name '${instanceId}' (group.instance.id); each needs a name of its own`,
  );

/**
 * A round's bodies → judged, put into record batches, written to Kafka. While one round waits for Kafka, the next one is judged; what waits is
 * bounded.
 */

import { asMillraceError, type MillraceError } from '../../errors.ts';
import type { BatchFiles } from '../../ingest/batch-files.ts';
import type { RoundInput } from '../../ingest/body.ts';
import { type DeadLetters, removeLetters } from '../../ingest/dead-letters.ts';
import type { Receipts } from '../../ingest/receipts.ts';
import { MalformedBodies, type Rounds } from '../../ingest/rounds.ts';
import {
  type Group,
  groupsOf,
  outcomesOf,
  type Part,
  scopeOf,
  type Waiting,
  type WorkOutcome,
  withJsonInput,
} from '../../ingest/work.ts';
import type { Producer } from '../../kafka/index.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { Connection } from '../../store/engine.ts';
import { Mutex } from '../../store/mutex.ts';
import type { PushTarget } from '../context.ts';
import { deliver } from './deliver.ts';
import { type Judged, judge } from './judge.ts';
import type { RecentRejects } from './rejects.ts';
import { Spreads } from './spreads.ts';

export interface KafkaRoundsOptions {
  readonly engine: Connection;
  readonly files: BatchFiles;
  readonly producer: Producer;
  readonly receipts: Receipts;
  readonly rejects: RecentRejects;
  readonly metrics: Metrics;
  readonly deadLetters: DeadLetters | undefined;
  readonly now: () => number;
  /** Where a dataSource's events go, as it was found for the last body. */
  readonly targetOf: (dataSource: string) => PushTarget;
}

/** While so much waits for Kafka no other round is begun. */
const maxWaitingBytes = 32 * 1024 * 1024;

/** Of what is left of a body's time, when it waited for long. */
const leastTimeoutMs = 1000;

interface JudgedGroup {
  readonly group: Group;
  readonly target: PushTarget;
  readonly judged: Judged;
}

export class KafkaRounds implements Rounds {
  readonly failure = undefined;
  readonly #options: KafkaRoundsOptions;
  readonly #spreads = new Spreads();
  /** What is found out about a round lies in tables of the one connection. */
  readonly #judging = new Mutex();
  /** In milliseconds, by dataSource: where windows go by the newest event. */
  readonly #newest = new Map<string, number>();

  constructor(options: KafkaRoundsOptions) {
    this.#options = options;
  }

  begin({ lines }: Part): void {
    this.#options.files.begin(lines);
  }

  forget({ lines }: Part): void {
    this.#options.files.forget(lines);
  }

  async commit(
    round: readonly Waiting[],
    handedOn: () => void,
  ): Promise<ReadonlyMap<Waiting, WorkOutcome | MillraceError>> {
    const { deadLetters, producer, now } = this.#options;
    const nowMs = now();
    const groups = groupsOf(round);
    const letters = groups.map(({ dataSource }) => deadLetters?.nextFile(dataSource.name, nowMs));
    try {
      const judged = await this.#judgeAll(groups, nowMs, letters);
      const failures = this.#deliver(round, judged);
      if (producer.pendingBytes < maxWaitingBytes) handedOn();
      const failed = await failures;
      // What comes again as a whole is told again.
      const isLost = ({ group }: JudgedGroup) => group.bodies.every(({ waiting }) => failed.has(waiting));
      await removeLetters(judged.flatMap((one, index) => (isLost(one) ? (letters[index] ?? []) : [])));
      return this.#settle(round, judged, failed, nowMs);
    } catch (error) {
      await removeLetters(letters.filter((file) => file !== undefined));
      throw error;
    }
  }

  async #judgeAll(
    groups: readonly Group[],
    nowMs: number,
    letters: readonly (string | undefined)[],
  ): Promise<readonly JudgedGroup[]> {
    using _lock = await this.#judging.acquire();
    const judged: JudgedGroup[] = [];
    for (const [index, group] of groups.entries()) judged.push(await this.#judge(group, nowMs, letters[index]));
    return judged;
  }

  async #judge(group: Group, nowMs: number, deadLetterFile: string | undefined): Promise<JudgedGroup> {
    const { engine, files, targetOf } = this.#options;
    const { dataSource, format, bodies } = group;
    const target = targetOf(dataSource.name);
    const batch = await files.write(bodies.map(({ part }) => part.lines));
    try {
      const input: RoundInput = {
        dataSource: format === 'json' ? withJsonInput(dataSource) : dataSource,
        bodies: bodies.map(({ part }) => part),
        batch,
        clock: { nowMs, newestMs: this.#newest.get(dataSource.name) },
        strictJson: format === 'json',
        fieldErrors: false,
        deadLetterFile,
      };
      const judged = await judge(engine, input, await this.#spreads.of(engine, input, target.partitions));
      if (!('malformed' in judged)) return { group, target, judged };
      throw new MalformedBodies(
        new Map(judged.malformed.map(({ body, line }) => [bodies[body]?.waiting as Waiting, line])),
      );
    } finally {
      files.release(batch);
    }
  }

  /** Which of the bodies did not get into Kafka as a whole, and why. */
  async #deliver(
    round: readonly Waiting[],
    judged: readonly JudgedGroup[],
  ): Promise<ReadonlyMap<Waiting, MillraceError>> {
    const { producer, now } = this.#options;
    const waitedMs = now() - Math.min(...round.map(({ sinceMs }) => sinceMs));
    const timeoutMs = Math.max(leastTimeoutMs, producer.settings.deliveryTimeoutMs - Math.max(0, waitedMs));
    const failures = await Promise.all(
      judged.map(({ group, target, judged: { partitions } }) =>
        deliver(producer, target.topic, { bodies: group.bodies.map(({ part }) => part), partitions }, timeoutMs),
      ),
    );
    return new Map(
      failures.flatMap((ofGroup, index) =>
        [...ofGroup].map(([body, error]) => [judged[index]?.group.bodies[body]?.waiting as Waiting, error] as const),
      ),
    );
  }

  #settle(
    round: readonly Waiting[],
    judged: readonly JudgedGroup[],
    failures: ReadonlyMap<Waiting, MillraceError>,
    nowMs: number,
  ): ReadonlyMap<Waiting, WorkOutcome | MillraceError> {
    const { receipts, rejects } = this.#options;
    const outcomes: Map<Waiting, WorkOutcome | MillraceError> = outcomesOf(
      round,
      judged.map(({ group }) => group),
      judged.map(({ judged: { outcomes } }) => outcomes),
    );
    for (const [waiting, error] of failures) outcomes.set(waiting, asMillraceError(error));
    for (const [{ work }, outcome] of outcomes) {
      if (work.idempotencyKey !== undefined && !(outcome instanceof Error))
        receipts.remember(scopeOf(work), work.idempotencyKey, outcome, nowMs);
    }
    for (const { group, judged: one } of judged) {
      const { name } = group.dataSource;
      const failed = group.bodies.filter(({ waiting }) => failures.has(waiting)).length;
      if (failed < group.bodies.length) rejects.add(name, one.rejects);
      // The newest may be of a body that is not in Kafka; a window that lags keeps more rather than less.
      if (failed === 0 && one.newestMs !== undefined)
        this.#newest.set(name, Math.max(one.newestMs, this.#newest.get(name) ?? one.newestMs));
      this.#note(group, one, failures);
    }
    return outcomes;
  }

  /** Bodies that failed are not counted: they come again. */
  #note({ dataSource, bodies }: Group, { outcomes }: Judged, failures: ReadonlyMap<Waiting, MillraceError>): void {
    const { metrics } = this.#options;
    const labels = { dataSource: dataSource.name };
    for (const [index, { waiting, part }] of bodies.entries()) {
      if (failures.has(waiting)) continue;
      let dropped = 0;
      for (const [reason, count] of outcomes[index]?.dropped ?? []) {
        metrics.eventsDropped.inc({ ...labels, reason }, count);
        dropped += count;
      }
      metrics.eventsReceived.inc(labels, part.events);
      metrics.eventsKept.inc(labels, part.events - dropped);
    }
  }
}

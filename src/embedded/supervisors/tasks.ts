/** A supervisor's task groups: which tasks read what, when they end, and what becomes of them. */
import { createHash } from 'node:crypto';
import { asMillraceError, MillraceError } from '../../errors.ts';
import type { Committer } from '../../ingest/committer.ts';
import type { PartitionName, Stream, StreamBatch } from '../../sources/stream.ts';
import { millisOf, type SupervisorSpec, supervisorJson } from '../../spec/supervisor.ts';
import { judgeLoss, movedPositions } from '../lost-positions.ts';
import type { Positions } from '../positions.ts';
import type { ReadingEnd } from '../reading.ts';
import { TaskGroup } from './group.ts';
import { afterLoss } from './lost.ts';
import type { ParseErrors } from './parse-errors.ts';
import { groupPartitions } from './partitions.ts';
import { ReadingTask, taskId } from './task.ts';

export interface TasksOptions {
  readonly spec: SupervisorSpec;
  readonly stream: Stream;
  readonly committer: Committer;
  readonly positions: Positions;
  readonly parseErrors: ParseErrors;
  readonly now: () => number;
  /** Makes segments of all live rows of a dataSource. */
  handOff(dataSource: string): Promise<void>;
  onCommit(batch: StreamBatch): void;
  onEnd(): void;
  note(error: MillraceError, ofStream: boolean): void;
}

/** After this long a task that reads again shows that a stream's trouble is over, also when nothing came. */
const recoveredAfterMs = 1_000;

export class Tasks {
  readonly groups = new Map<number, TaskGroup>();
  /** Tasks that have read what they had to, while their rows become segments. */
  readonly publishing = new Map<ReadingTask, TaskGroup>();
  readonly #options: TasksOptions;
  readonly #hash: string;
  /** What keeps batches from being committed for now. */
  #delay: MillraceError | undefined;
  #stopping = false;

  constructor(options: TasksOptions) {
    this.#options = options;
    this.#hash = createHash('sha1')
      .update(JSON.stringify(supervisorJson(options.spec)))
      .digest('hex')
      .slice(0, 15);
  }

  /** What is wrong with them now. */
  get failures(): { readonly ofStream: boolean; readonly ofTasks: boolean } {
    const kinds = [...this.groups.values()].flatMap(({ trouble }) => trouble?.kind ?? []);
    return { ofStream: kinds.includes('stream'), ofTasks: this.#delay !== undefined || kinds.includes('failed') };
  }

  /** When the next one is due, to end or to begin. */
  get untilDueMs(): number {
    const waits = [...this.groups.values()].flatMap((group) => [
      ...(group.task ? [this.#remainingMs(group)] : []),
      ...(group.trouble ? [group.task ? recoveredAfterMs : group.trouble.retryAtMs - performance.now()] : []),
    ]);
    return Math.min(...waits);
  }

  /** Takes leave of those that have ended by themselves. */
  async settle(): Promise<void> {
    for (const group of this.groups.values()) await this.#settle(group);
  }

  /** Has each of these partitions read by one task, whose time is not over. Without partitions they end. */
  async tend(partitions: readonly PartitionName[]): Promise<void> {
    const wanted = groupPartitions(this.#options.spec, partitions);
    for (const id of wanted.keys()) if (!this.groups.has(id)) this.groups.set(id, new TaskGroup(id));
    for (const group of this.groups.values()) await this.#tend(group, wanted.get(group.id) ?? []);
  }

  /** Has the tasks of these groups end at the next look, as if their time had come. */
  endEarly(groups: readonly number[]): void {
    for (const id of groups) {
      const group = this.groups.get(id);
      if (group) group.endEarly = true;
    }
  }

  /** No more of them begin; settled when all that was read is committed. */
  async stop({ handOff }: { readonly handOff: boolean }): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.groups.values()].map((group) => this.#end(group, handOff)));
  }

  async #tend(group: TaskGroup, partitions: readonly PartitionName[]): Promise<void> {
    const isDue = group.endEarly || this.#remainingMs(group) <= 0;
    group.endEarly = false;
    if (partitions.length === 0 || this.#isBack(group)) group.trouble = undefined;
    if (group.task && (isDue || !group.isReading(partitions))) await this.#end(group, true);
    if (group.task) return;
    const mustWait = group.trouble && performance.now() < group.trouble.retryAtMs;
    if (partitions.length > 0 && !mustWait) await this.#start(group, partitions);
  }

  /** Whether a task reads again for long enough, or has done so for all of its time, where the stream was the trouble. */
  #isBack({ task, trouble, startedAtMs }: TaskGroup): boolean {
    const enoughMs = Math.min(recoveredAfterMs, millisOf(this.#options.spec.ioConfig.taskDuration));
    return task !== undefined && trouble?.kind === 'stream' && performance.now() - startedAtMs >= enoughMs;
  }

  async #start(group: TaskGroup, partitions: readonly PartitionName[]): Promise<void> {
    const { spec, stream, committer, positions, parseErrors, now } = this.#options;
    const { stored, origins, lost } = await positions.read();
    const from = new Map(
      partitions.flatMap((name) => (lost.has(name) ? [] : [[name, stored.get(name) as bigint] as const])),
    );
    if (this.#stopping || from.size === 0) return;
    const task = new ReadingTask({
      id: taskId(spec, this.#hash),
      spec,
      stream,
      committer,
      source: positions.source,
      from,
      origins,
      createdAtMs: now(),
      onCommit: (batch) => this.#onCommit(group, batch),
      onUnparseable: (events) => parseErrors.add(events),
      onDelay: (error) => this.#onDelay(error),
    });
    group.task = task;
    group.startedAtMs = performance.now();
    void task.ended.then(() => this.#options.onEnd());
  }

  async #end(group: TaskGroup, handOff: boolean): Promise<void> {
    const { task } = group;
    if (!task) return;
    await task.stop();
    await this.#settle(group);
    if (handOff && task.meters.totals.processed > 0) this.#publish(task, group);
  }

  #publish(task: ReadingTask, group: TaskGroup): void {
    const { spec, handOff, note } = this.#options;
    this.publishing.set(task, group);
    handOff(spec.id)
      .catch((error: unknown) => note(asMillraceError(error), false))
      .finally(() => this.publishing.delete(task));
  }

  async #settle(group: TaskGroup): Promise<void> {
    const end = group.task?.end;
    if (!end) return;
    group.task = undefined;
    if (end.kind === 'lost') return this.#lose(end);
    if (end.kind === 'stopped') return;
    group.fail(end.kind, end.error);
    this.#options.note(end.error, end.kind === 'stream');
  }

  async #lose({ lost }: ReadingEnd & { readonly kind: 'lost' }): Promise<void> {
    const { spec, positions, note } = this.#options;
    const judged = lost.map((one) => judgeLoss(one, afterLoss(spec)));
    const moved = movedPositions(judged);
    await positions.move(moved);
    const stopped = lost.filter(({ partition }) => !moved.has(partition));
    await positions.markLost(new Map(stopped.map(({ partition, wanted }) => [partition, wanted])));
    for (const { message } of judged) note(new MillraceError('positionLost', message), true);
  }

  #onCommit(group: TaskGroup, batch: StreamBatch): void {
    group.trouble = undefined;
    this.#delay = undefined;
    this.#options.onCommit(batch);
  }

  #onDelay(error: MillraceError): void {
    // A full queue is nothing but pushes and streams taking turns.
    if (error.code === 'bufferFull') return;
    this.#delay = error;
    this.#options.note(error, false);
  }

  #remainingMs({ startedAtMs }: TaskGroup): number {
    return startedAtMs + millisOf(this.#options.spec.ioConfig.taskDuration) - performance.now();
  }
}

/**
 * One supervisor: looks again and again which partitions there are, and has a task for each group of them read on from where the
 * last one stopped. Positions commit with the rows; nothing here is needed to be exact after a crash.
 * https://druid.apache.org/docs/latest/ingestion/supervisor
 */
import { asMillraceError, MillraceError } from '../../errors.ts';
import type { Origin, PartitionName, Stream, StreamBatch } from '../../sources/stream.ts';
import { millisOf, type SupervisorSpec, streamOf } from '../../spec/supervisor.ts';
import { Alarm, backOffMs } from '../alarm.ts';
import type { BackgroundContext } from '../context.ts';
import { Positions } from '../positions.ts';
import { IntermediateHandOff } from './intermediate-hand-off.ts';
import { stillLostMessage } from './lost.ts';
import { ParseErrors } from './parse-errors.ts';
import { RecentErrors } from './recent-errors.ts';
import { detailedState, type Phase, type StateFacts } from './state.ts';
import { Tasks } from './tasks.ts';

export interface SupervisorContext extends BackgroundContext {
  /** Makes segments of all live rows of a dataSource. */
  handOff(dataSource: string): Promise<void>;
}

type Offsets = ReadonlyMap<PartitionName, bigint>;

/** The least `offsetFetchPeriod`, as Druid has it. */
const minOffsetFetchMs = 5_000;

export class Supervisor {
  readonly spec: SupervisorSpec;
  readonly errors: RecentErrors;
  readonly parseErrors: ParseErrors;
  readonly positions: Positions;
  readonly tasks: Tasks;
  readonly #handOff: IntermediateHandOff;
  readonly #context: SupervisorContext;
  readonly #stream: Stream;
  readonly #alarm = new Alarm();
  readonly #running: Promise<void>;
  #stored: Offsets = new Map();
  #lost: Offsets = new Map();
  #latest = new Map<PartitionName, bigint>();
  #latestAtMs: number | undefined;
  #activeAtMs = performance.now();
  /** Whether there was a time without any partition: what shows up then holds nothing that is older than this. */
  #sawNone = false;
  #phase: Phase = 'PENDING';
  #connected = false;
  #idle = false;
  #stopping = false;
  /** What the last look failed with. */
  #trouble: { readonly error: MillraceError; readonly ofStream: boolean } | undefined;

  constructor(context: SupervisorContext, spec: SupervisorSpec, stream: Stream) {
    this.#context = context;
    this.spec = spec;
    this.errors = new RecentErrors(context.now);
    this.parseErrors = new ParseErrors(spec, context);
    this.positions = new Positions(context.store, `supervisor/${spec.id}`);
    this.#stream = stream;
    this.tasks = new Tasks({
      ...context,
      spec,
      stream,
      positions: this.positions,
      parseErrors: this.parseErrors,
      onCommit: (batch) => this.#onCommit(batch),
      onEnd: () => this.#alarm.ring(),
      note: (error, ofStream) => this.#note(error, ofStream),
    });
    this.#handOff = new IntermediateHandOff({ ...context, spec });
    this.#running = this.#run();
  }

  get detailedState() {
    return detailedState(this.#facts());
  }

  /** The latest positions seen, and when the stream was asked for all of them. */
  get latest(): { readonly offsets: Offsets; readonly atMs: number | undefined } {
    return { offsets: this.#latest, atMs: this.#latestAtMs };
  }

  /** Up to where each partition is committed. */
  get current(): Offsets {
    const current = new Map(this.#stored);
    for (const { task } of this.tasks.groups.values())
      for (const [partition, position] of task?.current ?? []) current.set(partition, position);
    return current;
  }

  /** Has these groups' tasks end now, as if their time had come. */
  endEarly(groups: readonly number[]): void {
    this.tasks.endEarly(groups);
    this.#alarm.ring();
  }

  /** Reads no more; settled when all that was read is committed. `handOff`: its rows become segments, beside this. */
  async stop({ handOff }: { readonly handOff: boolean }): Promise<void> {
    this.#stopping = true;
    this.#alarm.ring();
    await this.tasks.stop({ handOff });
    // A look that waits for the stream ends with it.
    await this.#stream.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    if (this.spec.suspended) return;
    const { startDelay } = this.spec.ioConfig;
    for (const startMs = performance.now() + millisOf(startDelay); !this.#stopping; ) {
      const remainingMs = startMs - performance.now();
      if (remainingMs <= 0) break;
      await this.#alarm.pause(remainingMs);
    }
    for (let tries = 0; !this.#stopping; ) {
      const passed = await this.#tryLook();
      tries = passed ? 0 : tries + 1;
      await this.#alarm.pause(passed ? this.#untilNextLookMs() : backOffMs(tries - 1));
    }
  }

  async #tryLook(): Promise<boolean> {
    try {
      await this.#look();
      this.#trouble = undefined;
      return true;
    } catch (error) {
      if (this.#stopping) return false;
      const ofStream = error instanceof StreamFailure;
      const known = asMillraceError(ofStream ? error.cause : error);
      this.#trouble = { error: known, ofStream };
      this.#note(known, ofStream);
      return false;
    }
  }

  async #look(): Promise<void> {
    await this.tasks.settle();
    this.#enter('CONNECTING_TO_STREAM');
    const partitions = await this.#ask(() => this.#stream.partitions());
    this.#sawNone ||= partitions.length === 0;
    if (partitions.length === 0 && this.spec.ioConfig.topic !== null) throw new StreamFailure(noPartitions(this.spec));
    this.#connected = true;
    this.#enter('DISCOVERING_INITIAL_TASKS');
    await this.#findPositions(partitions);
    this.#latest = new Map(await this.#ask(() => this.#stream.offsets('latest', partitions)));
    this.#latestAtMs = this.#context.now();
    this.#considerIdling();
    this.#enter('CREATING_TASKS');
    await this.tasks.tend(this.#idle ? [] : partitions.filter((partition) => !this.#lost.has(partition)));
    this.#enter('RUNNING');
    await this.#handOff.look((error) => this.#note(asMillraceError(error), false));
  }

  /** The first round's stages show where it hangs; later ones are all RUNNING. */
  #enter(phase: Phase): void {
    if (this.#phase !== 'RUNNING') this.#phase = phase;
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    return question().catch((error: unknown) => {
      throw new StreamFailure(error);
    });
  }

  /** A partition that was never read begins at the end that the spec says; one that showed up later, at its beginning. */
  async #findPositions(partitions: readonly PartitionName[]): Promise<void> {
    const { stored, origins, lost } = await this.positions.read();
    const missing = partitions.filter((partition) => !stored.has(partition));
    const isFirst = missing.length === partitions.length && !this.#sawNone;
    const end = this.spec.ioConfig.useEarliestOffset || !isFirst ? 'earliest' : 'latest';
    const begun = missing.length > 0 ? await this.#ask(() => this.#stream.offsets(end, missing)) : new Map();
    if (missing.length > 0) await this.positions.begin(begun);
    await this.#adoptOrigins(partitions, origins);
    const all = new Map([...stored, ...begun]);
    this.#stored = new Map(partitions.flatMap((name) => (all.has(name) ? [[name, all.get(name) as bigint]] : [])));
    const lostBefore = this.#phase === 'RUNNING' ? new Map() : lost;
    this.#lost = new Map([...lost].filter(([name]) => partitions.includes(name)));
    for (const [name, wanted] of lostBefore)
      this.#note(new MillraceError('positionLost', stillLostMessage(name, wanted, this.spec.id)), true);
  }

  /** Of positions that do not say which log they are of. */
  async #adoptOrigins(partitions: readonly PartitionName[], known: ReadonlyMap<PartitionName, Origin>): Promise<void> {
    const now = this.#stream.origins();
    const found = partitions.flatMap((name) =>
      known.has(name) || !now.has(name) ? [] : [[name, now.get(name) as Origin] as const],
    );
    if (found.length > 0) await this.positions.adopt(new Map(found));
  }

  #considerIdling(): void {
    const { idleConfig } = this.spec.ioConfig;
    if (!idleConfig?.enabled) return;
    const current = this.current;
    const isBehind = [...this.#latest].some(
      ([name, latest]) => !this.#lost.has(name) && latest > (current.get(name) ?? 0n),
    );
    if (isBehind) this.#activeAtMs = performance.now();
    this.#idle = performance.now() - this.#activeAtMs >= idleConfig.inactiveAfterMillis;
  }

  #onCommit({ latest, records }: StreamBatch): void {
    for (const [partition, position] of latest)
      if (position > (this.#latest.get(partition) ?? -1n)) this.#latest.set(partition, position);
    this.#context.metrics.streamRecords.inc({ supervisor: this.spec.id }, records);
    this.#activeAtMs = performance.now();
  }

  #note(error: MillraceError, streamException: boolean): void {
    this.errors.note(error, streamException);
    this.#context.log.warn({ supervisor: this.spec.id, code: error.code }, error.message);
  }

  #untilNextLookMs(): number {
    const { ioConfig, tuningConfig } = this.spec;
    const { idleConfig, period } = ioConfig;
    const waits = [millisOf(period), Math.max(minOffsetFetchMs, millisOf(tuningConfig.offsetFetchPeriod))];
    if (idleConfig?.enabled && !this.#idle)
      waits.push(this.#activeAtMs + idleConfig.inactiveAfterMillis - performance.now());
    return Math.min(this.tasks.untilDueMs, this.#handOff.untilDueMs, ...waits);
  }

  #facts(): StateFacts {
    const { ofStream, ofTasks } = this.tasks.failures;
    return {
      phase: this.#phase,
      isStopping: this.#stopping,
      isSuspended: this.spec.suspended,
      isIdle: this.#idle,
      hasConnected: this.#connected,
      streamFails: ofStream || this.#trouble?.ofStream === true,
      supervisorFails: this.#trouble?.ofStream === false || this.#lost.size > 0,
      tasksFail: ofTasks,
    };
  }
}

/** Marks what the stream is to blame for. */
class StreamFailure extends Error {
  constructor(cause: unknown) {
    super('the stream failed', { cause });
  }
}

const noPartitions = (spec: SupervisorSpec) =>
  new MillraceError(
    'unavailable',
    `The stream has no partitions: there is no topic '${streamOf(spec)}' yet. It is looked for again.`,
  );

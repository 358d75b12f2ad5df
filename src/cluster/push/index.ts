/** Pushed bodies → the dataSource's topic in Kafka. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import type { PushOutcome, Reject, Submission } from '../../backend.ts';
import { invalidInput, unsupported } from '../../errors.ts';
import { BatchFiles } from '../../ingest/batch-files.ts';
import { Committer } from '../../ingest/committer.ts';
import { DeadLetters } from '../../ingest/dead-letters.ts';
import { partsOf } from '../../ingest/parts.ts';
import { Receipts } from '../../ingest/receipts.ts';
import { splitByDataSource } from '../../ingest/split.ts';
import type { DataSource } from '../../spec/data-source.ts';
import { Engine } from '../../store/engine.ts';
import { ReaderPool } from '../../store/reader-pool.ts';
import type { PushContext, Pusher, PushTarget } from '../context.ts';
import { RecentRejects } from './rejects.ts';
import { KafkaRounds } from './rounds.ts';

const engineMemoryBytes = 160 * 1024 * 1024;

/** A broker takes one batch of a partition in a request, and five requests at a time: below this that holds pushes up. */
const smallBatchBytes = 128 * 1024;

/** Bodies whose events name their dataSource, at once. */
const splits = { size: 2, patienceMs: 500, sliceMs: 25 };

type Context = Pick<
  PushContext,
  'kafka' | 'metrics' | 'log' | 'now' | 'targets' | 'autoCreate' | 'maxPendingBytes' | 'deadLetterDirectory'
>;

export async function openPusher(context: Context): Promise<Pusher> {
  const { kafka, metrics, log, now, maxPendingBytes, deadLetterDirectory } = context;
  const threads = availableParallelism();
  await using opened = new AsyncDisposableStack();
  const folder = opened.adopt(await mkdtemp(path.join(tmpdir(), 'millrace-push-')), (one) =>
    rm(one, { recursive: true, force: true }),
  );
  const deadLetters = deadLetterDirectory === undefined ? undefined : await DeadLetters.open(deadLetterDirectory);
  const engine = opened.adopt(
    await Engine.open({ file: ':memory:', temporaryDirectory: folder, memoryLimitBytes: engineMemoryBytes, threads }),
    (one) => one.close(),
  );
  const judging = opened.adopt(await engine.connect(), (one) => one.close());
  const splitting = opened.adopt(new ReaderPool({ connect: () => engine.connectToRead(), ...splits }), (one) =>
    one.close(),
  );
  const files = opened.adopt(await BatchFiles.open(threads, folder), (one) => one.close());
  const producer = opened.use(kafka.producer());
  const { batchBytes } = producer.settings;
  if (batchBytes < smallBatchBytes)
    log.warn(`Kafka's batch.size is ${batchBytes}, which makes large pushes slow; leave it out: it is 1048576 here`);
  const receipts = new Receipts();
  const rejects = new RecentRejects();
  const targets = new Map<string, PushTarget>();
  const targetOf = (name: string) => targets.get(name) as PushTarget;
  const options = { engine: judging, files, producer, receipts, rejects, metrics, deadLetters, now, targetOf };
  const committer = opened.adopt(
    new Committer(new KafkaRounds(options), receipts, { maxPendingBytes, metrics, now }),
    (one) => one.close(),
  );
  metrics.watch(committer);
  return new KafkaPusher({ context, committer, files, splitting, targets, rejects, opened: opened.move() });
}

interface Parts {
  readonly context: Context;
  readonly committer: Committer;
  readonly files: BatchFiles;
  readonly splitting: ReaderPool;
  /** By dataSource; as they were found for the last body. */
  readonly targets: Map<string, PushTarget>;
  readonly rejects: RecentRejects;
  /** What is to be closed, the last first. */
  readonly opened: AsyncDisposableStack;
}

class KafkaPusher implements Pusher {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get pendingBytes(): number {
    return this.#parts.committer.pendingBytes;
  }

  async push(submission: Submission, accepted?: (received: number) => void): Promise<PushOutcome> {
    const { committer, files, splitting } = this.#parts;
    const parts = await partsOf(submission, {
      definitionFor: (name, format, lines) => this.#definitionFor(name, format, lines),
      split: (lines) => splitByDataSource((statement) => splitting.stream(statement), files, lines),
    });
    accepted?.(parts.reduce((sum, { events }) => sum + events, 0));
    if (parts.length === 0) return { received: 0, sent: 0, dropped: {}, droppedEvents: [] };
    return committer.submit({ parts, idempotencyKey: submission.idempotencyKey });
  }

  async rejects(dataSource: string): Promise<readonly Reject[]> {
    return this.#parts.rejects.of(dataSource);
  }

  close(): Promise<void> {
    return this.#parts.opened.disposeAsync();
  }

  async #definitionFor(name: string, format: Submission['format'], lines: Uint8Array): Promise<DataSource> {
    const { targets, autoCreate } = this.#parts.context;
    const found = await targets.lookup(name);
    if (!found && (!autoCreate || format === 'text')) throw invalidInput(`No definition for dataSource '${name}'`);
    const target = found ?? (await targets.create(name, lines));
    requireSameFormat(target.dataSource, format);
    this.#parts.targets.set(name, target);
    return target.dataSource;
  }
}

/** The supervisor reads what is in the topic by one format, and each event for itself. */
function requireSameFormat({ name, input }: DataSource, format: Submission['format']): void {
  if (format === 'json' && input.type !== 'json')
    throw invalidInput(
      `The dataSource '${name}' reads text of its own format (${input.type}) from Kafka, not JSON: post it as text/plain.`,
    );
  if (format === 'text' && input.type === 'delimited' && input.header !== undefined)
    throw unsupported(
      `The dataSource '${name}' takes the names of its columns from a header, which Kafka's records do not have: name them in its inputFormat's columns.`,
    );
}

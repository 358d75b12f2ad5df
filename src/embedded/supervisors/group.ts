/** A task group: the partitions that one task at a time reads, and what became of the last one. */
import type { MillraceError } from '../../errors.ts';
import type { PartitionName } from '../../sources/stream.ts';
import { backOffMs } from '../alarm.ts';
import type { ReadingTask } from './task.ts';

/** Why a group's task ended without being asked to, until a later one shows that it is over. */
export interface GroupTrouble {
  readonly kind: 'stream' | 'failed';
  readonly error: MillraceError;
  readonly tries: number;
  readonly retryAtMs: number;
}

export class TaskGroup {
  readonly id: number;
  task: ReadingTask | undefined;
  /** When its task began, by `performance.now()`. */
  startedAtMs = 0;
  trouble: GroupTrouble | undefined;
  /** Whether its task is to end before its time. */
  endEarly = false;

  constructor(id: number) {
    this.id = id;
  }

  isReading(partitions: readonly PartitionName[]): boolean {
    const from = this.task?.from;
    return from?.size === partitions.length && partitions.every((partition) => from.has(partition));
  }

  fail(kind: GroupTrouble['kind'], error: MillraceError): void {
    const tries = this.trouble?.tries ?? 0;
    this.trouble = { kind, error, tries: tries + 1, retryAtMs: performance.now() + backOffMs(tries) };
  }
}

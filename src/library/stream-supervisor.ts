/** A supervisor in the caller's own process. */
import type { ParseError, SupervisorReport, Supervisors, TaskStats } from '../backend.ts';

/**
 * Reads a stream into a dataSource until it is terminated, or millrace is closed; a folder that is opened again reads on.
 * All but `id` reject with a MillraceError `notFound` when it is terminated.
 */
export interface StreamSupervisor {
  /** The dataSource's name. */
  readonly id: string;
  /** As Druid reports it: offsets, lags, state, the last errors. */
  status(): Promise<SupervisorReport>;
  /** Rows that its tasks have processed, thrown away and could not parse. https://druid.apache.org/docs/latest/ingestion/tasks#row-stats */
  stats(): Promise<TaskStats>;
  /** The last events that could not be parsed, the newest first, as many as `maxSavedParseExceptions`. */
  parseErrors(): Promise<readonly ParseError[]>;
  /** Reads no more, until {@link resume}. Rejects with `invalidInput` when it does not read anyway. */
  suspend(): Promise<void>;
  resume(): Promise<void>;
  /** Forgets how far it has come: begins as if it had never read. */
  reset(): Promise<void>;
  /** Goes on at these positions, by partition (`topic/number`). */
  resetOffsets(positions: Readonly<Record<string, number | bigint>>): Promise<void>;
  /** Ends it for good. What it brought stays. */
  terminate(): Promise<void>;
}

export function streamSupervisor(supervisors: Supervisors, id: string): StreamSupervisor {
  return {
    id,
    status: async () => (await supervisors.status(id)).payload,
    stats: () => supervisors.stats(id),
    parseErrors: () => supervisors.parseErrors(id),
    suspend: () => supervisors.suspend(id),
    resume: () => supervisors.resume(id),
    reset: () => supervisors.reset(id),
    resetOffsets: (positions) =>
      supervisors.resetOffsets(id, new Map(Object.entries(positions).map(([name, at]) => [name, BigInt(at)]))),
    terminate: () => supervisors.terminate(id),
  };
}

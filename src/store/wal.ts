/** A database whose write-ahead log ends in a write that a crash cut short or scrambled. */
import { constants } from 'node:fs';
import { copyFile, stat, truncate } from 'node:fs/promises';

/** What was done to the log, for the operator to know. */
export interface WalRepair {
  readonly keptBytes: number;
  readonly cutBytes: number;
  /** The log as it was found. */
  readonly copy: string;
}

/**
 * The engine itself passes over a log that ends too early, but refuses one whose last entry is scrambled. What follows
 * the last whole commit was never acknowledged, so it is cut off; a copy of the log is kept beside it.
 * Undefined when the error is of another kind.
 */
export async function repairWal(databaseFile: string, error: unknown): Promise<WalRepair | undefined> {
  const position = /Corrupt WAL file: entry at byte position (\d+)/.exec(String((error as Error).message))?.[1];
  if (position === undefined) return undefined;
  const wal = `${databaseFile}.wal`;
  const { size } = await stat(wal);
  // The position is that of the entry's content, after its length and checksum.
  const keptBytes = Math.max(0, Math.min(Number(position) - 16, size));
  const copy = `${wal}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  await copyFile(wal, copy, constants.COPYFILE_EXCL);
  await truncate(wal, keptBytes);
  return { keptBytes, cutBytes: size - keptBytes, copy };
}

/** The folder in which all rejected events are kept, as newline-delimited JSON: one file for a round's rejects of a dataSource. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { MillraceError } from '../errors.ts';
import { type Sql, sql } from '../sql.ts';
import type { Connection } from '../store/engine.ts';
import { fileName } from '../store/file-name.ts';

export class DeadLetters {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the folder where it is missing. Throws `environment` when it cannot be had. */
  static async open(directory: string): Promise<DeadLetters> {
    try {
      await mkdir(directory, { recursive: true });
    } catch (error) {
      throw new MillraceError(
        'environment',
        `Cannot make the folder ${directory} for rejected events: ${(error as Error).message}. Choose another one with --dead-letter.`,
        { cause: error },
      );
    }
    return new DeadLetters(directory);
  }

  /** A name that no file has; in the order of time for each dataSource. */
  nextFile(dataSource: string, nowMs: number): string {
    const at = new Date(nowMs).toISOString().replaceAll(':', '');
    return path.join(this.#directory, `${fileName(dataSource)}-${at}-${randomUUID().slice(0, 8)}.ndjson`);
  }
}

/**
 * Writes a relation's rows. This comes before the commit, so that no reject is lost; {@link removeLetters} takes the file
 * back when the commit fails. Only a process that is killed between the two leaves letters of a body that was not taken.
 */
export async function writeLetters(engine: Pick<Connection, 'run'>, rows: Sql, file: string): Promise<void> {
  try {
    await engine.run(sql`COPY (${rows}) TO ${file} (FORMAT json)`);
    await using handle = await open(file, 'r+');
    await handle.datasync();
  } catch (error) {
    throw new MillraceError(
      'unavailable',
      `Cannot write rejected events to ${file}: ${(error as Error).message}. Nothing was taken; mend the folder, or start without --dead-letter.`,
      { cause: error, retryAfterSeconds: 10 },
    );
  }
}

/** As far as that is possible: what made the commit fail may stand in the way here, too, and is what the caller must hear of. */
export async function removeLetters(files: readonly string[]): Promise<void> {
  await Promise.allSettled(files.map((file) => rm(file, { force: true })));
}

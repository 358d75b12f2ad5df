/** The work of `millrace query`. The answer goes to standard output, an error to standard error. */
import { existsSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { MillraceError } from '../errors.ts';
import { createLogger } from '../observe/log.ts';
import { createMetrics } from '../observe/metrics.ts';
import { indented } from '../server/pretty.ts';
import { loadJson } from '../spec/load.ts';
import { readInput } from './input.ts';

/** @returns whether the server answered the query; its error was printed otherwise. */
export async function askServer(url: string, file: string): Promise<boolean> {
  const text = readInput(file);
  loadJson(text, file);
  const response = await post(`${url.replace(/\/+$/, '')}/druid/v2?pretty`, text);
  const output = response.ok ? process.stdout : process.stderr;
  try {
    await print(response.body ?? [], output);
  } catch (error) {
    throw new MillraceError('unavailable', `the answer of ${url} was cut off; its log says why`, { cause: error });
  }
  return response.ok;
}

async function post(url: string, body: string): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  } catch (error) {
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new MillraceError(
      'unavailable',
      `no answer from ${url} (${reason || 'connection refused'}); is a server running there? See --url`,
    );
  }
}

export async function askFolder(directory: string, file: string): Promise<boolean> {
  const { value: query, placeOf } = loadJson(readInput(file), file);
  if (!existsSync(directory)) throw new MillraceError('environment', `there is no data folder '${directory}'`);
  const [{ openEmbedded }, { openPromotable }] = await Promise.all([
    import('../embedded/index.ts'),
    import('../promote/backend.ts'),
  ]);
  const observe = { metrics: createMetrics(), log: createLogger('warn') };
  const embedded = await openEmbedded({ ...observe, dataDirectory: directory, autoCreate: false });
  const backend = await openPromotable(embedded, { ...observe, ownSources: false });
  try {
    const { chunks } = await backend.query(query, { place: placeOf });
    await print(indented(chunks), process.stdout);
    return true;
  } finally {
    await backend.close();
  }
}

/** Piece by piece, as an answer can be longer than what fits into memory. A reader that has enough (`| head`) is no error. */
async function print(
  pieces: AsyncIterable<string | Uint8Array> | Iterable<never>,
  output: NodeJS.WriteStream,
): Promise<void> {
  try {
    await pipeline(ended(pieces), output, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

async function* ended(pieces: AsyncIterable<string | Uint8Array> | Iterable<never>) {
  yield* pieces;
  yield '\n';
}

/** Content-Encoding gzip, piece by piece. */
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { invalidInput } from '../errors.ts';

const pieceBytes = 64 * 1024;

/** Leaving the loop early leaves the stream as it is, so that its request can still be answered; so do errors. */
export async function* unzip(stream: Readable): AsyncGenerator<Buffer, void, void> {
  const gunzip = stream.pipe(createGunzip({ chunkSize: pieceBytes }));
  // A pipe does not tell that its source broke off.
  const brokenOff = (error: Error) => gunzip.destroy(error);
  stream.once('error', brokenOff);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw error;
    throw invalidInput(`the body is not gzip, as its Content-Encoding says: ${(error as Error).message}`);
  } finally {
    stream.off('error', brokenOff);
    stream.unpipe(gunzip);
    gunzip.destroy();
  }
}

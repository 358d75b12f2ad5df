/** Answers of queries, which come in pieces. */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** An answer up to this size is sent at once, which is quicker than a stream; a longer one goes as it comes. */
const streamFromCharacters = 1 << 16;

/** What a header cannot hold is percent-encoded, as it would be in the path of a DELETE. */
export const headerText = (text: string) => text.toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent);

/** An error before {@link streamFromCharacters} still gets its status; a later one can only cut the answer off. */
export async function sendPieces(
  reply: FastifyReply,
  pieces: AsyncIterable<string>,
  cutOff: (error: unknown) => void,
): Promise<FastifyReply> {
  const iterator = pieces[Symbol.asyncIterator]();
  let head = '';
  while (head.length < streamFromCharacters) {
    const next = await iterator.next();
    if (next.done) return reply.send(head);
    head += next.value;
  }
  const rest = Readable.from(continued(head, iterator), { objectMode: false });
  return reply.send(rest.on('error', cutOff));
}

async function* continued(head: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

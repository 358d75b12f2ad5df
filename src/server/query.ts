/**
 * Native queries. https://druid.apache.org/docs/latest/querying/ (Druid's broker, `/druid/v2`)
 */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Backend } from '../backend.ts';
import { unsupported } from '../errors.ts';
import type { Logger } from '../observe/log.ts';
import { loadJson } from '../spec/load.ts';
import { abortedWith, readText } from './body.ts';
import { indented } from './pretty.ts';

export interface QueryRouteOptions {
  readonly backend: Backend;
  readonly log: Logger;
  readonly maxBodyBytes: number;
}

/** An answer up to this size is sent at once, which is quicker than a stream; a longer one goes as it comes. */
const streamFromCharacters = 1 << 16;

export function queryRoutes({ backend, log }: QueryRouteOptions) {
  return async (server: FastifyInstance): Promise<void> => {
    server.post('/druid/v2', async (request, reply) => {
      const signal = abortedWith(reply);
      const { value: query, placeOf } = loadJson(await readText(request));
      const answer = await backend.query(query, { signal, place: placeOf });
      reply.header('X-Druid-Query-Id', headerText(answer.queryId)).type('application/json');
      const cutOff = (error: unknown) => {
        if (!signal.aborted) log.warn({ queryId: answer.queryId, err: error }, 'an answer was cut off by an error');
      };
      return send(reply, isPretty(request) ? indented(answer.chunks) : answer.chunks, cutOff);
    });
    server.delete<{ Params: { id: string } }>('/druid/v2/:id', async ({ params: { id } }, reply) => {
      // Druid answers so for an unknown id, too: the query may have ended just now.
      backend.cancel(id);
      return reply.status(202).send();
    });
    server.get('/druid/v2/datasources', async () => backend.dataSources());
    server.get<{ Params: { name: string } }>(
      '/druid/v2/datasources/:name',
      async ({ params: { name } }) => backend.describe(name) ?? { dimensions: [], metrics: [] },
    );
    server.post('/druid/v2/sql', async () => {
      throw unsupported('Druid SQL is not supported yet; send a native query to /druid/v2');
    });
  };
}

/** What a header cannot hold is percent-encoded, as it would be in the path of a DELETE. */
const headerText = (text: string) => text.toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent);

/** An error before {@link streamFromCharacters} still gets its status; a later one can only cut the answer off. */
async function send(
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

const isPretty = (request: FastifyRequest) => Object.hasOwn(request.query as object, 'pretty');

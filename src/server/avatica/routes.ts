/** Where Avatica's clients, above all JDBC's driver, ask. https://druid.apache.org/docs/latest/api-reference/sql-jdbc */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { validate } from '../../catalog/validate.ts';
import { asMillraceError } from '../../errors.ts';
import { loadJson } from '../../spec/load.ts';
import { abortedWith, readText, withBody } from '../body.ts';
import type { QueryRouteOptions } from '../query.ts';
import { addressOf } from '../sql.ts';
import { NoSuchConnection } from './connections.ts';
import { AvaticaHandler } from './handler.ts';
import { writeJson } from './json.ts';
import { readProtobuf, writeProtobuf } from './protobuf.ts';
import { type Answered, requestSchema } from './protocol.ts';

/** How requests and answers are written. */
interface Encoding {
  readonly path: string;
  readonly contentType: string;
  read(request: FastifyRequest): Promise<unknown>;
  write(answer: Answered): string | Buffer;
}

const encodings: readonly Encoding[] = [
  {
    path: '/druid/v2/sql/avatica',
    contentType: 'application/json',
    read: async (request) => loadJson(await readText(request)).value,
    write: writeJson,
  },
  {
    path: '/druid/v2/sql/avatica-protobuf',
    contentType: 'application/x-google-protobuf',
    read: (request) => withBody(request, async (body) => readProtobuf(body)),
    write: writeProtobuf,
  },
];

export function avaticaRoutes({ backend, log }: QueryRouteOptions) {
  return async (server: FastifyInstance): Promise<void> => {
    const handler = new AvaticaHandler(backend);
    server.addHook('onClose', () => handler.close());
    for (const { path, contentType, read, write } of encodings) {
      server.register(async (scope) => {
        scope.setErrorHandler((thrown, request, reply) => {
          const { code } = asMillraceError(thrown);
          if (code === 'defect') log.error({ url: request.url, err: thrown }, String(thrown));
          // The driver knows no other status.
          return reply
            .status(500)
            .type(contentType)
            .send(write(errorAnswer(thrown, request)));
        });
        scope.post(path, async (request, reply) => {
          const asked = validate(requestSchema, await read(request), { what: 'request' });
          const client = { signal: abortedWith(reply), server: addressOf(request) };
          const answer = await handler.answer(asked, client);
          return reply.type(contentType).send(write({ ...answer, rpcMetadata: rpcMetadata(request) }));
        });
      });
    }
  };
}

const rpcMetadata = ({ host }: FastifyRequest) => ({ response: 'rpcMetadata' as const, serverAddress: host });

function errorAnswer(thrown: unknown, request: FastifyRequest): Answered {
  const { code, message } = asMillraceError(thrown);
  // Where there is no such connection the driver opens one and tries again.
  const lost = thrown instanceof NoSuchConnection;
  return {
    response: 'error',
    exceptions: [`${code}: ${message}`],
    errorMessage: message,
    errorCode: lost ? 1 : -1,
    sqlState: '00000',
    severity: lost ? 'ERROR' : 'UNKNOWN',
    rpcMetadata: rpcMetadata(request),
  };
}

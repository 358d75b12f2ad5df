/** Where Avatica's clients, above all JDBC's driver, ask. https://druid.apache.org/docs/latest/api-reference/sql-jdbc */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { validate } from '../../catalog/validate.ts';
import { asMillraceError, unsupported } from '../../errors.ts';
import { loadJson } from '../../spec/load.ts';
import { abortedWith, readText } from '../body.ts';
import type { QueryRouteOptions } from '../query.ts';
import { addressOf } from '../sql.ts';
import { NoSuchConnection } from './connections.ts';
import { AvaticaHandler } from './handler.ts';
import { type AvaticaResponse, requestSchema } from './protocol.ts';

export function avaticaRoutes({ backend, log }: QueryRouteOptions) {
  return async (server: FastifyInstance): Promise<void> => {
    const handler = new AvaticaHandler(backend);
    server.addHook('onClose', () => handler.close());
    server.setErrorHandler((thrown, request, reply) => {
      const error = asMillraceError(thrown);
      if (error.code === 'defect') log.error({ url: request.url, err: thrown }, error.message);
      // The driver knows no other status; where there is no such connection it opens one and tries again.
      const lost = thrown instanceof NoSuchConnection;
      return reply
        .status(500)
        .type('application/json')
        .send({
          response: 'error',
          exceptions: [`${error.code}: ${error.message}`],
          errorMessage: error.message,
          errorCode: lost ? 1 : -1,
          sqlState: '00000',
          severity: lost ? 'ERROR' : 'UNKNOWN',
          rpcMetadata: rpcMetadata(request),
        });
    });
    server.post('/druid/v2/sql/avatica', async (request, reply) => {
      const asked = validate(requestSchema, loadJson(await readText(request)).value, { what: 'request' });
      const client = { signal: abortedWith(reply), server: addressOf(request) };
      return sendJson(request, reply, await handler.answer(asked, client));
    });
    server.post('/druid/v2/sql/avatica-protobuf', async () => {
      throw unsupported(
        'Avatica in Protobuf is not supported; connect to /druid/v2/sql/avatica/ without serialization=protobuf',
      );
    });
  };
}

const rpcMetadata = ({ host }: FastifyRequest) => ({ response: 'rpcMetadata', serverAddress: host });

function sendJson(request: FastifyRequest, reply: FastifyReply, answer: AvaticaResponse): FastifyReply {
  let rows = '';
  const text = JSON.stringify({ ...answer, rpcMetadata: rpcMetadata(request) }, (key, value) => {
    if (key !== 'rows') return value;
    rows = `"rows":[${value.join(',')}]`;
    return [];
  });
  // Rows are JSON already. No string of JSON holds this text, as its quotes would be escaped there.
  return reply.type('application/json').send(text.replace('"rows":[]', () => rows));
}

/** Druid's endpoints, answered by the Druid of a cluster: requests and answers go through as they are. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RemoteBackend } from '../backend.ts';
import type { Service } from '../druid/index.ts';
import { abortedWith } from './body.ts';

export interface ProxyOptions {
  readonly backend: RemoteBackend;
}

/** What is said of one connection, and not of what goes over it. https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const hopByHop = new Set(
  'connection keep-alive proxy-authenticate proxy-authorization proxy-connection te transfer-encoding upgrade host expect'.split(
    ' ',
  ),
);

export function proxyRoutes({ backend: { druid } }: ProxyOptions) {
  return async (server: FastifyInstance): Promise<void> => {
    // The body stays the stream that it is.
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', (_request, _payload, done) => done(null));
    const pass = async (request: FastifyRequest, reply: FastifyReply) => {
      const { method, headers, url, raw } = request;
      const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
      const {
        status,
        headers: answered,
        body,
      } = await druid.request(serviceOf(url), {
        method,
        path: url,
        headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name))),
        body: hasBody ? raw : undefined,
        signal: abortedWith(reply),
      });
      for (const [name, value] of Object.entries(answered))
        if (value !== undefined && !hopByHop.has(name)) reply.header(name, value);
      return reply.status(status).send(body);
    };
    for (const url of [
      '/druid/*',
      '/proxy/*',
      '/status',
      '/status/properties',
      '/status/selfDiscovered',
      '/status/selfDiscovered/*',
    ])
      server.route({ method: ['GET', 'POST', 'PUT', 'DELETE'], url, handler: pass });
  };
}

function serviceOf(url: string): Service {
  if (/^\/(?:druid\/indexer|proxy\/overlord)\//.test(url)) return 'overlord';
  if (/^\/(?:druid\/coordinator|proxy\/coordinator)\//.test(url)) return 'coordinator';
  return 'broker';
}

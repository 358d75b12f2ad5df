/**
 * Druid's endpoints, answered by the Druid of a cluster: requests and answers go through as they are, errors and compression too. Whatever is
 * not ours is Druid's: its router's console as well.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RemoteBackend } from '../../backend.ts';
import type { Service } from '../../druid/index.ts';
import { asMillraceError, notFound } from '../../errors.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { answer, forward } from './pass.ts';

export interface ProxyOptions {
  readonly backend: RemoteBackend;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export function proxyRoutes({ backend: { druid }, metrics, log }: ProxyOptions) {
  return async (server: FastifyInstance): Promise<void> => {
    // A body stays the stream that it is, whatever its type and size.
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', (_request, _payload, done) => done(null));

    const pass = async (request: FastifyRequest, reply: FastifyReply) => {
      const { method, url } = request;
      if (url.startsWith('/v1/')) throw notFound(`there is no ${method} ${url.split('?', 1)[0]} here`);
      const service = serviceOf(url);
      const startMs = performance.now();
      try {
        const response = await forward(druid, service, request, reply);
        metrics.proxiedRequests.inc({ service, status: response.status });
        answer(response, request, reply, log);
      } catch (error) {
        metrics.proxiedRequests.inc({ service, status: asMillraceError(error).status });
        throw error;
      } finally {
        metrics.proxiedSeconds.observe({ service }, (performance.now() - startMs) / 1000);
      }
    };
    // The framework refuses a Content-Type that it cannot read; what Druid takes is for Druid to say. Nothing of the body has been read by then.
    server.setErrorHandler<FastifyError>((error, request, reply) => {
      if (error.code !== 'FST_ERR_CTP_INVALID_MEDIA_TYPE') throw error;
      return pass(request, reply);
    });
    server.all('/', pass);
    server.all('/*', pass);
  };
}

/** A broker says of itself what a router says, too; the console, and the ways to others behind it, only a router has. */
function serviceOf(url: string): Service {
  if (url.startsWith('/druid/indexer/')) return 'overlord';
  if (url.startsWith('/druid/coordinator/')) return 'coordinator';
  return /^\/(?:druid\/(?!router\/)|status\b)/.test(url) ? 'broker' : 'router';
}

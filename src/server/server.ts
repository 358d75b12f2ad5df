/** HTTP servers over a backend. One file per group of routes; this one puts them together. */
import fastify, { type FastifyInstance } from 'fastify';
import type { QueryingBackend, RemoteBackend } from '../backend.ts';
import { notFound } from '../errors.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { PromotionManager } from '../promote/manager.ts';
import { druidErrors, plainErrors } from './answers.ts';
import { avaticaRoutes } from './avatica/routes.ts';
import { acceptBodies } from './body.ts';
import { clusterRoutes } from './cluster.ts';
import { dataSourceStatusRoutes } from './data-source-status.ts';
import type { Server } from './listen.ts';
import { lookupRoutes } from './lookups.ts';
import { promotionRoutes } from './promotions.ts';
import { proxyRoutes } from './proxy/routes.ts';
import { pushRoutes } from './push.ts';
import { queryRoutes } from './query.ts';
import { receiverRoutes } from './receiver.ts';
import { rejectRoutes } from './rejects.ts';
import { segmentRoutes } from './segments.ts';
import { sqlRoutes } from './sql.ts';
import { healthRoutes, statusRoutes } from './status.ts';
import { supervisorRoutes } from './supervisor.ts';

export interface ServerOptions {
  readonly backend: QueryingBackend | RemoteBackend;
  /** Moves its dataSources to a Druid. */
  readonly promotions?: PromotionManager | undefined;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** The largest body that is taken, before and after decompression. */
  readonly maxBodyBytes: number;
  /** Shown at `/status/properties`. */
  readonly properties: Readonly<Record<string, string>>;
  /** Told of each query that is answered. */
  readonly onAnswer?: (() => void) | undefined;
}

export { close, listen, type Server } from './listen.ts';

/** A client that has not sent its whole request by then is let go. */
const requestTimeoutMs = 300_000;

/** Everything: Druid's endpoints, Tranquility's, rejects, status and metrics. */
export function createServer(options: ServerOptions): Server {
  const server = bareServer(options);
  server.setErrorHandler(druidErrors(options));
  server.setNotFoundHandler(async ({ method, url }) => {
    throw notFound(`there is no ${method} ${url.split('?', 1)[0]} here`);
  });
  const { backend } = options;
  server.register(pushRoutes(options));
  server.register(receiverRoutes(options));
  server.register(rejectRoutes(backend));
  if ('druid' in backend) {
    server.register(dataSourceStatusRoutes(backend));
    server.register(proxyRoutes({ ...options, backend }));
  } else server.register(ownRoutes({ ...options, backend }));
  server.register(healthRoutes(options));
  return server;
}

/** Those of an engine and data of our own. */
function ownRoutes(options: ServerOptions & { readonly backend: QueryingBackend }) {
  return async (server: FastifyInstance): Promise<void> => {
    server.register(avaticaRoutes(options));
    server.register(lookupRoutes(options));
    server.register(clusterRoutes(options.backend));
    if (options.promotions) server.register(promotionRoutes(options.promotions));
    server.register(queryRoutes(options));
    server.register(segmentRoutes(options.backend.segments));
    server.register(sqlRoutes(options));
    server.register(statusRoutes(options));
    server.register(supervisorRoutes(options));
  };
}

/** Only what Tranquility Server has on its `http.port`. */
export function createTranquilityServer(options: ServerOptions): Server {
  const server = bareServer(options);
  server.setErrorHandler(plainErrors(options));
  server.setNotFoundHandler(async () => {
    throw notFound('Not found');
  });
  server.register(pushRoutes(options));
  return server;
}

function bareServer(options: ServerOptions): Server {
  const server = fastify({
    bodyLimit: options.maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    // A name of 255 characters, each of up to four bytes in percent encoding, is longer than the default allows.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 255 * 12 },
    frameworkErrors: (error, request, reply) => druidErrors(options)(error, request, reply),
  });
  acceptBodies(server, options.maxBodyBytes);
  return server;
}

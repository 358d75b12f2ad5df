/**
 * `POST /druid/worker/v1/chat/{serviceName}/push-events`: what Druid's EventReceiverFirehose took, for the receivers of a realtime node;
 * `…/shutdown?shutoffTime=…` has it take nothing more from then on, or at once.
 * https://github.com/apache/druid/blob/0.9.2/docs/content/ingestion/firehose.md#eventreceiverfirehose
 *
 * Better than the original's: the answer means durable, and a body is taken whole or not at all.
 */
import type { FastifyInstance } from 'fastify';
import type { Backend, Receivers } from '../backend.ts';
import { parseInstant } from '../catalog/time.ts';
import { invalidInput, MillraceError, notFound } from '../errors.ts';
import { jsonLines } from '../sources/push-body.ts';
import { mediaType, withBody } from './body.ts';

export interface ReceiverRouteOptions {
  readonly backend: Backend;
}

export function receiverRoutes({ backend }: ReceiverRouteOptions) {
  return async (server: FastifyInstance): Promise<void> => {
    server.post<{ Params: { serviceName: string } }>(
      '/druid/worker/v1/chat/:serviceName/push-events',
      async (request) => {
        const receivers = receiversOf(backend);
        const events = await withBody(request, async (body) => {
          requireJson(mediaType(request));
          const { lines, events } = jsonLines(body);
          await receivers.push(request.params.serviceName, { lines, events });
          return events;
        });
        return { eventCount: events };
      },
    );

    server.post<{ Params: { serviceName: string }; Querystring: { shutoffTime?: string } }>(
      '/druid/worker/v1/chat/:serviceName/shutdown',
      async ({ params, query: { shutoffTime } }, reply) => {
        const atMs = shutoffTime === undefined ? Date.now() : parseInstant(shutoffTime);
        if (atMs === undefined)
          throw invalidInput(
            `'shutoffTime' is '${shutoffTime}'; expected an ISO 8601 instant such as 2026-01-31T00:00Z`,
          );
        receiversOf(backend).shutOff(params.serviceName, atMs);
        return reply.send();
      },
    );
  };
}

function receiversOf({ receivers }: Backend): Receivers {
  if (receivers) return receivers;
  throw notFound('there are no receivers here; they are of a realtime node (millrace realtime)');
}

function requireJson(type: string | undefined): void {
  if (type === 'application/json') return;
  throw new MillraceError('unsupportedMediaType', `Expected contentType application/json, got ${type ?? 'none'}`);
}

/**
 * Registered lookups: the coordinator's API, and what a process that uses them tells about those it has.
 * https://druid.apache.org/docs/latest/api-reference/lookups-api
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { QueryingBackend } from '../backend.ts';
import { notFound } from '../errors.ts';
import type { Logger } from '../observe/log.ts';
import { type LookupSpec, readLookup, readLookupTiers } from '../spec/lookups/index.ts';
import { overlordErrors } from './answers.ts';
import { isSet, readJson } from './json.ts';
import { sendPieces } from './pieces.ts';

export interface LookupRouteOptions {
  readonly backend: QueryingBackend;
  readonly log: Logger;
  readonly maxBodyBytes: number;
}

interface OfTier {
  Params: { readonly tier: string };
}
interface OfLookup {
  Params: { readonly tier: string; readonly id: string };
}

const prefix = '/druid/coordinator/v1/lookups';

export function lookupRoutes(options: LookupRouteOptions) {
  const { lookups } = options.backend;
  const tierOf = (tier: string) => {
    const found = lookups.tiers().get(tier);
    if (found) return found;
    throw notFound(`Tier [${tier}] not found`);
  };
  const lookupOf = (tier: string, id: string) => {
    const found = tierOf(tier).get(id);
    if (found) return found;
    throw notFound(`lookup [${id}] not found`);
  };
  const submit = async (tier: string, id: string, lookup: LookupSpec) =>
    lookups.submit(new Map([[tier, new Map([[id, lookup]])]]));

  return async (server: FastifyInstance): Promise<void> => {
    server.setErrorHandler(overlordErrors(options));

    server.get(`${prefix}/config`, async () => [...lookups.tiers().keys()]);
    server.post(`${prefix}/config`, async (request, reply) => {
      const body = await readJson(request);
      await lookups.submit(readLookupTiers(body));
      return reply.status(202).send(body.value);
    });
    server.get(`${prefix}/config/all`, async () => shown(lookups.tiers(), (tier) => shown(tier, specOf)));
    server.get<OfTier>(`${prefix}/config/:tier`, async (request) => {
      const tier = tierOf(request.params.tier);
      return isSet(request, 'detailed') ? shown(tier, specOf) : [...tier.keys()];
    });
    server.delete<OfTier>(`${prefix}/config/:tier`, async ({ params: { tier } }, reply) => {
      tierOf(tier);
      await lookups.remove(tier);
      return reply.status(202).send();
    });
    server.get<OfLookup>(`${prefix}/config/:tier/:id`, async ({ params: { tier, id } }) => specOf(lookupOf(tier, id)));
    server.post<OfLookup>(`${prefix}/config/:tier/:id`, async (request, reply) => {
      const { tier, id } = request.params;
      await submit(tier, id, readLookup(await readJson(request)));
      return reply.status(202).send();
    });
    server.delete<OfLookup>(`${prefix}/config/:tier/:id`, async ({ params: { tier, id } }, reply) => {
      lookupOf(tier, id);
      await lookups.remove(tier, id);
      return reply.status(202).send();
    });

    // Submitted is loaded: nothing is ever pending.
    const status = (request: FastifyRequest) =>
      isSet(request, 'detailed') ? { loaded: true, pendingNodes: [] } : { loaded: true };
    server.get(`${prefix}/status`, async (request) =>
      shown(lookups.tiers(), (tier) => shown(tier, () => status(request))),
    );
    server.get<OfTier>(`${prefix}/status/:tier`, async (request) =>
      shown(tierOf(request.params.tier), () => status(request)),
    );
    server.get<OfLookup>(`${prefix}/status/:tier/:id`, async (request) => {
      lookupOf(request.params.tier, request.params.id);
      return status(request);
    });

    const loaded = () => ({
      current: shown(lookups.tiers().get(lookups.tier) ?? new Map(), specOf),
      toLoad: {},
      toDrop: [],
    });
    server.get(`${prefix}/nodeStatus`, async ({ host }) => ({ [lookups.tier]: { [host]: loaded() } }));
    server.get<OfTier>(`${prefix}/nodeStatus/:tier`, async ({ host, params: { tier } }) =>
      tier === lookups.tier ? { [host]: loaded() } : {},
    );
    server.get<{ Params: { tier: string; node: string } }>(`${prefix}/nodeStatus/:tier/:node`, async (request) => {
      const { tier, node } = request.params;
      if (tier === lookups.tier && node === request.host) return loaded();
      throw notFound(`Node [${node}] status is unknown.`);
    });
    server.get('/druid/listen/v1/lookups', async () => loaded());
    server.get<OfLookup>('/druid/listen/v1/lookups/:id', async ({ params: { id } }) =>
      specOf(lookupOf(lookups.tier, id)),
    );

    const introspect = '/druid/v1/lookups/introspect/:id';
    const entriesOf = (request: FastifyRequest<OfLookup>) => {
      const { id } = request.params;
      const entries = lookups.entries(id);
      if (entries) return entries;
      throw notFound(`lookup [${id}] not found`);
    };
    const send = (reply: FastifyReply, pieces: AsyncIterable<string>) =>
      sendPieces(reply.type('application/json'), pieces, (error) =>
        options.log.warn({ err: error }, 'an answer was cut off'),
      );
    server.get<OfLookup>(introspect, async (request, reply) =>
      send(
        reply,
        list(entriesOf(request), '{}', ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`),
      ),
    );
    server.get<OfLookup>(`${introspect}/keys`, async (request, reply) =>
      send(
        reply,
        list(entriesOf(request), '[]', ([key]) => JSON.stringify(key)),
      ),
    );
    server.get<OfLookup>(`${introspect}/values`, async (request, reply) =>
      send(
        reply,
        list(entriesOf(request), '[]', ([, value]) => JSON.stringify(value)),
      ),
    );
  };
}

const specOf = ({ json }: LookupSpec) => json;

/** A map as JSON. */
const shown = <T, J>(map: ReadonlyMap<string, T>, show: (value: T) => J): Readonly<Record<string, J>> =>
  Object.fromEntries([...map].map(([key, value]) => [key, show(value)]));

async function* list<T>(
  items: AsyncIterable<T>,
  [open, close]: string,
  print: (item: T) => string,
): AsyncGenerator<string> {
  let text = open as string;
  let separator = '';
  for await (const item of items) {
    text += separator + print(item);
    separator = ',';
    if (text.length < 65_536) continue;
    yield text;
    text = '';
  }
  yield text + (close as string);
}

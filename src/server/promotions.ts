/**
 * Moving dataSources to a Druid. `POST /v1/promotions/{dataSource}` does it, and tells how it goes in lines of JSON: `{"step", "done", "total"}`,
 * at the end `{"ended": …}` or `{"error": …}`. Who hangs up stops it; the next POST goes on. `?dryRun` answers what would be done, `?back`
 * gives it up.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { asMillraceError } from '../errors.ts';
import type { PromotionManager } from '../promote/manager.ts';
import { readSettings } from '../promote/settings.ts';
import { abortedWith } from './body.ts';
import { isSet, readJson } from './json.ts';

interface OfDataSource {
  readonly Params: { readonly dataSource: string };
}

export function promotionRoutes(promotions: PromotionManager) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/v1/promotions', async () => promotions.list());
    server.post<OfDataSource>('/v1/promotions/:dataSource', async (request, reply) => {
      const { dataSource } = request.params;
      const signal = abortedWith(reply);
      const settings = readSettings((await readJson(request)).value);
      if (isSet(request, 'dryRun')) return promotions.plan(dataSource, settings, signal);
      const lines = new Readable({ read: () => {} });
      const tell = (line: unknown) => lines.push(`${JSON.stringify(line)}\n`);
      const work = isSet(request, 'back') ? promotions.back : promotions.run;
      work
        .call(promotions, dataSource, settings, tell, signal)
        .then(
          () => tell({ ended: dataSource }),
          (error) => tell({ error: asMillraceError(error) }),
        )
        .finally(() => lines.push(null));
      return reply.type('application/x-ndjson').send(lines);
    });
  };
}

/**
 * Supervisors. https://druid.apache.org/docs/latest/api-reference/supervisor-api
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Backend } from '../backend.ts';
import { validate } from '../catalog/validate.ts';
import { notFound } from '../errors.ts';
import type { Logger } from '../observe/log.ts';
import type { PromotionManager } from '../promote/manager.ts';
import { lenientNumber } from '../spec/lenient.ts';
import { readResetOffsets } from '../spec/reset-offsets.ts';
import { readSupervisorSpec, supervisorJson } from '../spec/supervisor.ts';
import { overlordErrors } from './answers.ts';
import { isSet, readJson } from './json.ts';

export interface SupervisorRouteOptions {
  readonly backend: Backend;
  /** What it moves elsewhere is not read here. */
  readonly promotions?: PromotionManager | undefined;
  readonly log: Logger;
  readonly maxBodyBytes: number;
}

interface OfOne {
  Params: { readonly id: string };
}

const prefix = '/druid/indexer/v1/supervisor';
const success = { status: 'success' };

export function supervisorRoutes(options: SupervisorRouteOptions) {
  const { promotions } = options;
  const { supervisors } = options.backend;
  return async (server: FastifyInstance): Promise<void> => {
    server.setErrorHandler(overlordErrors(options));

    server.post(prefix, async (request) => {
      const spec = readSupervisorSpec(await readJson(request));
      promotions?.requireHere(spec.id);
      await supervisors.submit(spec, { skipRestartIfUnmodified: isSet(request, 'skipRestartIfUnmodified') });
      return { id: spec.id };
    });
    server.get(prefix, async (request) => {
      const full = isSet(request, 'full');
      if (!full && !isSet(request, 'state')) return supervisors.ids();
      const ids = await supervisors.ids();
      const all = await Promise.all(
        ids.map(async (id) => ({ id, spec: await supervisors.spec(id), state: await supervisors.state(id) })),
      );
      return all.map(({ id, spec, state }) => {
        const shown = { id, ...state, suspended: spec.suspended };
        return full ? { ...shown, spec: supervisorJson(spec) } : shown;
      });
    });
    server.get(`${prefix}/history`, async () => supervisors.history());
    server.get<OfOne>(`${prefix}/:id/history`, async ({ params: { id } }) => {
      const versions = (await supervisors.history())[id];
      if (versions) return versions;
      throw notFound(`No history for [${id}].`);
    });

    server.get<OfOne>(`${prefix}/:id`, async ({ params: { id } }) => supervisorJson(await supervisors.spec(id)));
    server.get<OfOne>(`${prefix}/:id/status`, async ({ params: { id } }) => supervisors.status(id));
    server.get<OfOne>(`${prefix}/:id/stats`, async ({ params: { id } }) => supervisors.stats(id));
    server.get<OfOne>(`${prefix}/:id/parseErrors`, async ({ params: { id } }) => supervisors.parseErrors(id));
    server.get<OfOne>(`${prefix}/:id/health`, async ({ params: { id } }, reply) => {
      const { healthy } = await supervisors.state(id);
      return reply.status(healthy ? 200 : 503).send({ healthy });
    });

    for (const action of ['suspend', 'resume'] as const)
      server.post<OfOne>(`${prefix}/:id/${action}`, async ({ params: { id } }) => {
        promotions?.requireHere(id);
        await supervisors[action](id);
        return supervisorJson(await supervisors.spec(id));
      });
    const terminate = async ({ params: { id } }: FastifyRequest<OfOne>) => {
      promotions?.requireHere(id);
      await supervisors.terminate(id);
      return { id };
    };
    server.post<OfOne>(`${prefix}/:id/terminate`, terminate);
    server.post<OfOne>(`${prefix}/:id/shutdown`, terminate);
    server.post<OfOne>(`${prefix}/:id/reset`, async ({ params: { id } }) => {
      promotions?.requireHere(id);
      await supervisors.reset(id);
      return { id };
    });
    server.post<OfOne>(`${prefix}/:id/resetOffsets`, async (request) => {
      const { id } = request.params;
      promotions?.requireHere(id);
      const spec = await supervisors.spec(id);
      await supervisors.resetOffsets(id, readResetOffsets(await readJson(request), spec));
      return { id };
    });
    server.post<OfOne>(`${prefix}/:id/taskGroups/handoff`, async (request, reply) => {
      const { value, placeOf } = await readJson(request);
      const { taskGroupIds } = validate(handoffSchema, value, { what: 'task groups', place: placeOf });
      await supervisors.handOff(request.params.id, taskGroupIds);
      return reply.status(202).send();
    });

    server.post(`${prefix}/suspendAll`, () => forAll((id) => supervisors.suspend(id), false));
    server.post(`${prefix}/resumeAll`, () => forAll((id) => supervisors.resume(id), true));
    server.post(`${prefix}/terminateAll`, () => forAll((id) => supervisors.terminate(id)));

    /** Those that go to a Druid stay at the offsets where it reads on. `suspended`: only those that are so. */
    async function forAll(act: (id: string) => Promise<void>, suspended?: boolean) {
      for (const id of await supervisors.ids()) {
        if (promotions && !promotions.isHere(id)) continue;
        if (suspended === undefined || (await supervisors.spec(id)).suspended === suspended) await act(id);
      }
      return success;
    }
  };
}

const handoffSchema = z.looseObject({ taskGroupIds: z.array(lenientNumber.pipe(z.int().min(0))) });

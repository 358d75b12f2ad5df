/** What we ask of the overlord. https://druid.apache.org/docs/latest/api-reference/supervisor-api */
import { type Druid, DruidError } from '../druid/index.ts';
import type { SupervisorJson } from './supervisor-spec.ts';

export const supervisorsPath = '/druid/indexer/v1/supervisor';

/** The path of a supervisor, or of something about it, such as `status`. */
export const supervisorPath = (id: string, about?: string): string =>
  `${supervisorsPath}/${encodeURIComponent(id)}${about === undefined ? '' : `/${about}`}`;

/** Its spec; undefined where there is none of that name. */
export const findSupervisor = (druid: Druid, id: string): Promise<unknown> => find(druid, supervisorPath(id));

/** Whether there never was one of that name: Druid keeps the offsets of those that were terminated. */
export const isUnheardOf = async (druid: Druid, id: string): Promise<boolean> =>
  (await find(druid, supervisorPath(id, 'history'))) === undefined;

async function find(druid: Druid, path: string): Promise<unknown> {
  try {
    return await druid.json('overlord', path);
  } catch (error) {
    if (error instanceof DruidError && error.status === 404) return undefined;
    throw error;
  }
}

/** Starts it, or puts it in the place of the one that its dataSource has. */
export async function submitSupervisor(
  druid: Druid,
  supervisor: SupervisorJson,
  { skipRestartIfUnmodified = false }: { readonly skipRestartIfUnmodified?: boolean } = {},
): Promise<void> {
  const path = skipRestartIfUnmodified ? `${supervisorsPath}?skipRestartIfUnmodified=true` : supervisorsPath;
  // The old one's tasks are told to stop where they are before the overlord answers.
  await druid.json('overlord', path, { method: 'POST', body: supervisor, timeoutMs: 120_000 });
}

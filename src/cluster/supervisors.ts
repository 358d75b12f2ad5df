/** Supervisors of the overlord. https://druid.apache.org/docs/latest/api-reference/supervisor-api */
import type { Supervisors } from '../backend.ts';
import { unsupported } from '../errors.ts';
import type { ClusterContext } from './context.ts';

export function openSupervisors({ druid }: ClusterContext): Supervisors {
  const missing = async () => {
    throw unsupported("this of a Druid cluster's supervisors is not supported yet; ask its overlord");
  };
  return {
    submit: missing,
    ids: async () => (await druid.json('overlord', '/druid/indexer/v1/supervisor')) as string[],
    spec: missing,
    state: missing,
    status: missing,
    stats: missing,
    parseErrors: missing,
    history: missing,
    suspend: missing,
    resume: missing,
    reset: missing,
    resetOffsets: missing,
    terminate: missing,
    handOff: missing,
  };
}

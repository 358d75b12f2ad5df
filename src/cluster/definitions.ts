/** DataSources as supervisors of the overlord, and their topics. */
import { unsupported } from '../errors.ts';
import type { ClusterContext, Definitions } from './context.ts';

export function openDefinitions({ druid }: ClusterContext): Definitions {
  const missing = async () => {
    throw unsupported('defining a dataSource on a Druid cluster is not supported yet');
  };
  return {
    define: missing,
    lookup: missing,
    create: missing,
    names: async () => (await druid.json('broker', '/druid/v2/datasources')) as string[],
    describe: missing,
    close: async () => {},
  };
}

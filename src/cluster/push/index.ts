/** Pushed bodies → the dataSource's topic in Kafka. */
import { unsupported } from '../../errors.ts';
import type { PushContext, Pusher } from '../context.ts';

export async function openPusher(_context: PushContext): Promise<Pusher> {
  return {
    push: async () => {
      throw unsupported('pushes into a Druid cluster are not supported yet');
    },
    rejects: async () => [],
    pendingBytes: 0,
    close: async () => {},
  };
}

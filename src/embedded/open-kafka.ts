import type { Stream } from '../sources/stream.ts';
import type { SupervisorSpec } from '../spec/supervisor.ts';

/** Loads Kafka's client, which a start without supervisors does not need. */
export async function openKafka({ ioConfig, dataSource: { input } }: SupervisorSpec): Promise<Stream> {
  const { openKafkaStream } = await import('../sources/kafka.ts');
  return openKafkaStream({ ...ioConfig, input });
}

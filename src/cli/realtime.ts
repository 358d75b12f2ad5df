/** `millrace realtime F`: what a Druid realtime node did with the file that `-Ddruid.realtime.specFile` named. */
import { Command } from 'commander';
import type { KafkaProperties } from '../kafka/index.ts';
import type { RealtimeSpecs } from '../sources/firehoses/index.ts';
import { addBackendOptions, type BackendOptions } from './cluster-options.ts';
import { readInput } from './input.ts';
import { addServingOptions, type ServingOptions } from './options.ts';

type Options = ServingOptions & BackendOptions;

/** The original's in Druid's tutorials. */
const defaultPort = 8084;

export function realtimeCommand(): Command {
  const command = new Command('realtime')
    .description(
      'read what the firehoses of a realtime node bring, as its file of specs says, and answer queries about it',
    )
    .argument('<specFile>', "the specs, a JSON array: the file that a realtime node's -Ddruid.realtime.specFile named");
  return addServingOptions(addBackendOptions(command), defaultPort).action(
    async (specFile: string, options: Options) => {
      const [{ runServer }, { firehoseSchema }, { loadJson }, { readRealtimeSpecs }, { announcement }] =
        await Promise.all([
          import('./run-server.ts'),
          import('../sources/firehoses/index.ts'),
          import('../spec/load.ts'),
          import('../spec/realtime.ts'),
          import('./announcement.ts'),
        ]);
      const specs = readRealtimeSpecs(loadJson(readInput(specFile), specFile), firehoseSchema);
      await runServer({
        ...options,
        autoCreate: false,
        dataSources: [],
        ofFile: { kafka: kafkaOf(specs) },
        realtime: specs,
        whileServing: async ({ backend, url, print }) => {
          const { host } = new URL(url);
          if ('realtime' in backend)
            backend.realtime?.start((segment) => print(announcement(segment, host, new Date())));
        },
      });
    },
  );
}

/** Of the first firehose that reads Kafka; a cluster takes no file that names others. */
function kafkaOf(specs: RealtimeSpecs): KafkaProperties {
  const sources = specs.flatMap(({ firehose }) => firehose);
  return (
    sources.flatMap((source) => (source.kind === 'stream' && source.kafka ? [source.kafka] : []))[0]?.properties ?? {}
  );
}

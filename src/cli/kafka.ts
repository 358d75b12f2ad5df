/** `millrace kafka -configFile F`: what Tranquility Kafka did with the same file. */
import { Command } from 'commander';
import { readInput } from './input.ts';
import { addServingOptions, type ServingOptions } from './options.ts';

interface Options extends ServingOptions {
  readonly data: string;
  readonly configFile: string;
}

export function kafkaCommand(): Command {
  const command = new Command('kafka')
    .description("read the topics of a Tranquility Kafka's file into its dataSources, and answer queries about them")
    .requiredOption('-f, --configFile <file>', "Tranquility's file; -configFile works as well")
    .option('--data <dir>', 'folder that holds the data', 'millrace-data');
  return addServingOptions(command).action(async ({ configFile, ...options }: Options) => {
    const [{ runServer }, { loadYaml }, { readTranquilityKafka }] = await Promise.all([
      import('./run-server.ts'),
      import('../spec/load-yaml.ts'),
      import('../spec/tranquility-kafka.ts'),
    ]);
    const spec = readTranquilityKafka(loadYaml(readInput(configFile), configFile));
    const named = spec.routes.filter(({ useTopicAsDataSource }) => !useTopicAsDataSource);
    await runServer({
      ...options,
      autoCreate: false,
      dataSources: named.map(({ dataSource }) => dataSource),
      whileServing: ({ backend, signal }) => backend.readTranquilityKafka(spec, signal),
    });
  });
}

/** `millrace kafka -configFile F`: what Tranquility Kafka did with the same file. */
import { Command } from 'commander';
import { addBackendOptions, type BackendOptions } from './cluster-options.ts';
import { readInput } from './input.ts';
import { addServingOptions, type ServingOptions } from './options.ts';

interface Options extends ServingOptions, BackendOptions {
  readonly configFile: string;
}

export function kafkaCommand(): Command {
  const command = new Command('kafka')
    .description("read the topics of a Tranquility Kafka's file into its dataSources, and answer queries about them")
    .requiredOption('-f, --configFile <file>', "Tranquility's file; -configFile works as well");
  return addServingOptions(addBackendOptions(command)).action(async ({ configFile, ...options }: Options) => {
    const [{ runServer }, { loadYaml }, { readTranquilityFile }, { readTranquilityKafka }, { druidPropertiesOf }] =
      await Promise.all([
        import('./run-server.ts'),
        import('../spec/load-yaml.ts'),
        import('../spec/tranquility.ts'),
        import('../spec/tranquility-kafka.ts'),
        import('../spec/tranquility-druid.ts'),
      ]);
    const loaded = loadYaml(readInput(configFile), configFile);
    const spec = readTranquilityKafka(loaded, options.druid === undefined);
    const named = spec.routes.filter(({ useTopicAsDataSource }) => !useTopicAsDataSource);
    await runServer({
      ...options,
      autoCreate: false,
      ofFile: { druid: druidPropertiesOf(readTranquilityFile(loaded).properties), kafka: spec.consumerProperties },
      // On a cluster each is a supervisor of the topics that the file names, which takes no pushes.
      dataSources: options.druid === undefined ? named.map(({ dataSource }) => dataSource) : [],
      ownSources: true,
      whileServing: ({ backend, signal }) => backend.readTranquilityKafka(spec, signal),
    });
  });
}

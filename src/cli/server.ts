/** `millrace server -configFile F`: what Tranquility Server did with the same file. */
import { Command } from 'commander';
import { addBackendOptions, type BackendOptions } from './cluster-options.ts';
import { readInput } from './input.ts';
import { addServingOptions, type ServingOptions } from './options.ts';

interface Options extends ServingOptions, BackendOptions {
  readonly configFile: string;
}

export function serverCommand(): Command {
  const command = new Command('server')
    .description("serve the dataSources of a Tranquility Server's file; pushes also on its http.port")
    .requiredOption('--configFile <file>', "Tranquility's file; -configFile works as well");
  return addServingOptions(addBackendOptions(command)).action(async ({ configFile, ...options }: Options) => {
    const [{ runServer }, { loadTranquilityFile }, { druidPropertiesOf }] = await Promise.all([
      import('./run-server.ts'),
      import('../spec/tranquility.ts'),
      import('../spec/tranquility-druid.ts'),
    ]);
    const file = loadTranquilityFile(readInput(configFile), configFile);
    await runServer({
      ...options,
      autoCreate: false,
      dataSources: file.dataSources,
      ofFile: { druid: druidPropertiesOf(file.properties) },
      tranquilityPort: file.httpPort,
    });
  });
}

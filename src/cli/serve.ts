/** `millrace serve`: Druid's endpoints on one port. */
import { Command } from 'commander';
import { addBackendOptions, type BackendOptions } from './cluster-options.ts';
import { addServingOptions, type ServingOptions } from './options.ts';

interface Options extends ServingOptions, BackendOptions {
  readonly autoCreate: boolean;
}

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('take events in at /v1/post/{dataSource} and answer native queries at /druid/v2, on one port')
    .option('--no-auto-create', 'refuse events for a dataSource that is not defined');
  return addServingOptions(addBackendOptions(command)).action(async (options: Options) => {
    const { runServer } = await import('./run-server.ts');
    await runServer({ ...options, dataSources: [] });
  });
}

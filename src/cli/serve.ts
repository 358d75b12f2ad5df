/** `millrace serve`: Druid's endpoints on one port. */
import { Command } from 'commander';
import { addServingOptions, type ServingOptions } from './options.ts';

interface Options extends ServingOptions {
  readonly data: string;
  readonly autoCreate: boolean;
}

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('take events in at /v1/post/{dataSource} and answer native queries at /druid/v2, on one port')
    .option('--data <dir>', 'folder that holds the data', 'millrace-data')
    .option('--no-auto-create', 'refuse events for a dataSource that is not defined');
  return addServingOptions(command).action(async (options: Options) => {
    const { runServer } = await import('./run-server.ts');
    await runServer({ ...options, dataSources: [] });
  });
}

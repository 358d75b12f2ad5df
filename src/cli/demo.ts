/** `millrace demo`: a server with a live stream of made-up page views, and what to try with it. */
import { Command } from 'commander';
import { addServingOptions, type ServingOptions } from './options.ts';

interface Options extends ServingOptions {
  readonly data?: string;
  readonly autoCreate: boolean;
}

export function demoCommand(): Command {
  const command = new Command('demo')
    .description('serve a live stream of made-up page views, and print what to try with it')
    .option('--data <dir>', 'folder that holds the data; without it a temporary one, removed at the end')
    .option('--no-auto-create', 'refuse events for a dataSource that is not defined');
  return addServingOptions(command).action(async (options: Options) => {
    const { runDemo } = await import('./run-demo.ts');
    await runDemo(options);
  });
}

/** `millrace promote DATASOURCE`: moves a dataSource from here to a Druid cluster, with its history and its stream. */
import { Command, Option } from 'commander';
import { exitCodes } from './options.ts';
import type { PromoteOptions } from './run-promote.ts';

export function promoteCommand(): Command {
  return new Command('promote')
    .description('move a dataSource to a Druid cluster, its history and its stream, while events still come')
    .argument('<dataSource>', 'which one')
    .requiredOption('--druid <url>', "the Druid cluster's router")
    .option('--druid-config <file>', 'Java properties of how to log in to Druid')
    .option('--kafka <host:port>', 'the Kafka that pushed events go through from then on')
    .option('--kafka-config <file>', "properties of Java's Kafka clients, such as its login")
    .option('--server <url>', 'the millrace server that has the dataSource', 'http://localhost:8888')
    .addOption(
      new Option('--data <dir>', 'a data folder that no server has open; it is served meanwhile').conflicts('server'),
    )
    .option('--advertise <url>', 'where Druid reaches that server, when it is another machine')
    .option('--without <metric>', 'a metric whose history stays behind; can be given several times', collected, [])
    .addOption(
      new Option('--back', 'give a promotion up that is not done: events come here again')
        .default(false)
        .conflicts('dryRun'),
    )
    .option('--dry-run', 'print what would be done, and do nothing', false)
    .addHelpText(
      'after',
      `
It can be stopped at any time, by Ctrl-C as well; the same command goes on then.
Exit codes: ${exitCodes.ok} it is on Druid, ${exitCodes.failed} it failed or was stopped, ${exitCodes.usage} wrong usage.`,
    )
    .action(async (dataSource: string, options: PromoteOptions) => {
      const { runPromote } = await import('./run-promote.ts');
      await runPromote(dataSource, options);
    });
}

const collected = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** `millrace query FILE|-`: one native query, asked of a server or of a data folder. */
import { Command, Option } from 'commander';
import { exitCodes } from './options.ts';

interface Options {
  readonly url: string;
  readonly data?: string;
}

export function queryCommand(report: (exitCode: number) => void): Command {
  return new Command('query')
    .description('ask a native query and print its answer')
    .argument('<file>', "the query's JSON; - reads standard input")
    .option('--url <url>', 'server to ask; an Apache Druid broker answers as well', 'http://localhost:8888')
    .addOption(
      new Option('--data <dir>', 'ask this data folder instead, which no server may have open').conflicts('url'),
    )
    .addHelpText(
      'after',
      `\nExit codes: ${exitCodes.ok} answered, ${exitCodes.failed} answered with an error, or not at all, ${exitCodes.usage} wrong usage.`,
    )
    .action(async (file: string, options: Options) => {
      const { askFolder, askServer } = await import('./ask.ts');
      const answered = await (options.data === undefined
        ? askServer(options.url, file)
        : askFolder(options.data, file));
      if (!answered) report(exitCodes.failed);
    });
}

/** `millrace check FILE…`: what is wrong with specs and queries, each with its place. */
import { Command } from 'commander';
import { exitCodes } from './options.ts';

export function checkCommand(report: (exitCode: number) => void): Command {
  return new Command('check')
    .description(
      "say what is wrong with specs, Tranquility files, queries, Druid's properties and MirrorMaker 2's, unknown fields included",
    )
    .argument('<files...>', 'files to check; - reads standard input')
    .addHelpText(
      'after',
      `\nExit codes: ${exitCodes.ok} nothing is wrong, ${exitCodes.failed} something is, or could not be checked, ${exitCodes.usage} wrong usage.`,
    )
    .action(async (files: string[]) => {
      const { checkFiles } = await import('./check-files.ts');
      if (!(await checkFiles(files))) report(exitCodes.failed);
    });
}

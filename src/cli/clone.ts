/** `millrace clone URL DATASOURCE`: a slice of a Druid cluster's dataSource into a data folder. */
import { Command, InvalidArgumentError } from 'commander';
import { type Interval, parseInterval } from '../catalog/time.ts';
import { exitCodes } from './options.ts';
import type { CloneFlags } from './run-clone.ts';

export function cloneCommand(): Command {
  return new Command('clone')
    .description("bring a dataSource of a Druid cluster, or a slice of it, into a folder, and compare both sides' sums")
    .argument('<url>', "the cluster's router")
    .argument('<dataSource>', 'what it is called there')
    .option('--interval <interval>', 'of this time only, such as 2018-03-01/P1D; its end is not in it', interval)
    .option('--sample <part>', 'this part of the rows, such as 0.1; each time the same ones', sample, 1)
    .option('--data <dir>', 'folder that holds the data, which no server may have open', 'millrace-data')
    .option('--as <name>', 'what it is called here, if not the same')
    .option('--without <column>', 'leave a column out; to be given for each', collect, [])
    .option('--replace', 'in place of the dataSource that the folder has under this name', false)
    .option('--druid-config <file>', 'Java properties of how to log in to Druid')
    .addHelpText(
      'after',
      `
What was stopped goes on where it was when the same is asked for again.
Exit codes: ${exitCodes.ok} done, ${exitCodes.failed} failed or stopped, ${exitCodes.usage} wrong usage, 130 and 143 ended at once by a second signal.`,
    )
    .action(async (url: string, dataSource: string, flags: CloneFlags) => {
      const { runClone } = await import('./run-clone.ts');
      await runClone(url, dataSource, flags);
    });
}

const collect = (name: string, names: readonly string[]): readonly string[] => [...names, name];

function interval(text: string): Interval {
  const read = parseInterval(text);
  if (!read) throw new InvalidArgumentError('expected start/end in ISO 8601, such as 2018-03-02/2018-03-08');
  return read;
}

function sample(text: string): number {
  const part = Number(text);
  if (!(part > 0 && part <= 1)) throw new InvalidArgumentError('expected a part above 0, and at most 1');
  return part;
}

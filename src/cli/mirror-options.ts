/** What says which flows a mirror has: MirrorMaker's files, and MirrorMaker 1's options. */
import { type Command, InvalidArgumentError } from 'commander';
import { longestCommitIntervalMs } from '../mirror/settings/limits.ts';
import { positiveInteger } from './options.ts';

export interface FlowFlags {
  readonly clusters?: readonly string[];
  readonly 'consumer.config'?: string;
  readonly 'producer.config'?: string;
  readonly include?: string;
  readonly whitelist?: string;
  readonly blacklist?: string;
  readonly 'num.streams'?: number;
  readonly exactlyOnce: boolean;
  readonly 'commit.interval.ms'?: number;
}

export function addFlowOptions(command: Command): Command {
  return command
    .argument('[file]', "MirrorMaker 2's properties")
    .option('--clusters <alias...>', 'with a file: write to these of its clusters only')
    .option('--consumer.config <file>', "without: properties of a consumer, of the source; MirrorMaker 1's")
    .option('--producer.config <file>', 'and of a producer, of the target')
    .option('--include <pattern>', 'topics to mirror; a Java regular expression, in which a comma means |')
    .option('--whitelist <pattern>', 'the same, by its old name')
    .option('--blacklist <pattern>', 'topics not to mirror, all others are')
    .option('--num.streams <number>', 'as many lanes at least, of which each is with one process', positiveInteger)
    .option('--exactly-once', 'each record once also after a crash, by transactions on the target', false)
    .option('--commit.interval.ms <ms>', 'between commits: how late a record can be read at most', commitInterval);
}

function commitInterval(text: string): number {
  const ms = positiveInteger(text);
  if (ms <= longestCommitIntervalMs) return ms;
  throw new InvalidArgumentError(`expected ${longestCommitIntervalMs} at most: brokers abort what is open for long`);
}

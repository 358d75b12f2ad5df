/** `millrace mirror`: topics of one Kafka cluster on another, as MirrorMaker 1 or 2 is told to do it. */
import { Command, Option } from 'commander';
import { logLevels } from '../observe/log-levels.ts';
import { mirrorOffsetsCommand } from './mirror-offsets.ts';
import { addFlowOptions } from './mirror-options.ts';
import { exitCodes, portNumber, positiveInteger } from './options.ts';
import type { MirrorFlags } from './run-mirror.ts';

export function mirrorCommand(): Command {
  const command = addFlowOptions(new Command('mirror'))
    .description("mirror topics from one Kafka cluster to another, by MirrorMaker's files and options")
    .option('--offset.commit.interval.ms <ms>', 'the same as --commit.interval.ms, by its old name', positiveInteger)
    .option('--port <port>', 'port for /metrics and /status/health; 0 takes a free one', portNumber)
    .option('--host <address>', 'address to listen on; 0.0.0.0 lets other machines in', '127.0.0.1')
    .addOption(new Option('--log-level <level>', 'least level to log').choices(logLevels).default('info'))
    .addHelpText(
      'after',
      `
Several processes with the same files share the work, and take over from each other.
Ctrl-C and SIGTERM finish what is under way and end; a second one ends at once. What was stopped goes on where it was.
Exit codes: ${exitCodes.ok} ended as asked, ${exitCodes.failed} could not start or failed, ${exitCodes.usage} wrong usage, 130 and 143 ended at once by a second signal.`,
    );
  for (const option of ofTheOriginal()) command.addOption(option.hideHelp());
  // What stands behind `offsets` is for that, though most options are called the same.
  command.enablePositionalOptions().addCommand(mirrorOffsetsCommand());
  return command.action(async (file: string | undefined, flags: MirrorFlags) => {
    const { runMirror } = await import('./run-mirror.ts');
    await runMirror(file, flags);
  });
}

/** Options of kafka-mirror-maker.sh that have no meaning here, or cannot be had. */
function ofTheOriginal(): readonly Option[] {
  return [
    new Option('--new.consumer'),
    new Option('--abort.on.send.failure [boolean]'),
    ...['message.handler', 'message.handler.args', 'consumer.rebalance.listener', 'rebalance.listener.args'].map(
      (name) => new Option(`--${name} <java>`),
    ),
  ];
}

/** The commands together. Each is loaded when it runs, because the engine takes longer to load than `--help` may take. */
import { Command, CommanderError } from 'commander';
import { MillraceError } from '../errors.ts';
import { version } from '../observe/version.ts';
import { checkCommand } from './check.ts';
import { cloneCommand } from './clone.ts';
import { demoCommand } from './demo.ts';
import { kafkaCommand } from './kafka.ts';
import { mirrorCommand } from './mirror.ts';
import { exitCodes, UsageError } from './options.ts';
import { promoteCommand } from './promote.ts';
import { queryCommand } from './query.ts';
import { realtimeCommand } from './realtime.ts';
import { serveCommand } from './serve.ts';
import { serverCommand } from './server.ts';

/** `report` is told of an exit code other than 0. */
export function createProgram(report: (exitCode: number) => void): Command {
  const program = new Command('millrace')
    .description('Streams in, and answers to the questions that one asks Apache Druid. In one process.')
    .version(version)
    .addHelpText(
      'after',
      `\nExit codes: ${exitCodes.ok} done, ${exitCodes.failed} failed, ${exitCodes.usage} wrong usage.`,
    );
  const commands = [
    serveCommand(),
    serverCommand(),
    kafkaCommand(),
    realtimeCommand(),
    demoCommand(),
    queryCommand(report),
    promoteCommand(),
    checkCommand(report),
    cloneCommand(),
    mirrorCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  const all = [program, ...commands, ...commands.flatMap((command) => command.commands)];
  for (const command of all) command.exitOverride().showHelpAfterError('(--help says more)');
  return program;
}

/** Runs a command line; resolves with the exit code when the command is done. */
export async function run(args: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args.map(doubleDashed), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (error instanceof MillraceError && error.code !== 'defect') console.error(`millrace: ${error.message}`);
    else console.error('millrace: a defect; please report it with this:', error);
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  }
}

/** Tranquility spells its option `-configFile`, which would be read as a row of one-letter ones. */
function doubleDashed(argument: string): string {
  return argument === '-configFile' || argument.startsWith('-configFile=') ? `-${argument}` : argument;
}

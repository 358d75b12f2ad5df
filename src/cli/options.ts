/** Options that commands share. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { MillraceError } from '../errors.ts';
import { type LogLevel, logLevels } from '../observe/log-levels.ts';

export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

/** Of options that do not go together where only a file that they name tells it, so that the parser of options cannot. */
export class UsageError extends MillraceError {
  constructor(message: string) {
    super('invalidInput', message);
    this.name = 'UsageError';
  }
}

export interface ServingOptions {
  readonly port: number;
  readonly host: string;
  readonly deadLetter?: string;
  readonly maxBodyBytes: number;
  readonly logLevel: LogLevel;
}

/** What every command has that serves, apart from `--data`, whose default differs. */
export function addServingOptions(command: Command, defaultPort = 8888): Command {
  return command
    .option('--port <port>', "port for Druid's endpoints; 0 takes a free one", portNumber, defaultPort)
    .option('--host <address>', 'address to listen on; 0.0.0.0 lets other machines in', '127.0.0.1')
    .option('--dead-letter <dir>', 'keep every event that was not kept, with its reason, in files of this folder')
    .option('--max-body-bytes <bytes>', 'largest request body', positiveInteger, 32 * 1024 * 1024)
    .addOption(new Option('--log-level <level>', 'least level to log').choices(logLevels).default('info'))
    .addHelpText(
      'after',
      `
Ctrl-C and SIGTERM finish what was accepted, commit and end; a second one ends at once.
Exit codes: ${exitCodes.ok} ended as asked, ${exitCodes.failed} could not start or failed, ${exitCodes.usage} wrong usage, 130 and 143 ended at once by a second signal.`,
    );
}

export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65535) throw new InvalidArgumentError('expected a port from 0 to 65535');
  return port;
}

export function positiveInteger(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('expected a number above 0');
  return value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('expected a whole number');
  return value;
}

/** The engine's errors in our words. */
import { asMillraceError, MillraceError } from '../errors.ts';

/** An error of the engine that leaves the database unusable until it is opened again. */
export const isFatal = (error: unknown): boolean =>
  error instanceof Error &&
  /database has been invalidated|FATAL Error/i.test(
    String((error.cause as Error | undefined)?.message ?? error.message),
  );

export const cancelled = (cause?: unknown) => new MillraceError('cancelled', 'The query was cancelled.', { cause });

const noSpace =
  /no space left|disk quota|file too large|could not write|failed to write|not enough space|ENOSPC|EFBIG/i;

export function engineError(error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/^INTERRUPT Error/i.test(message)) return cancelled(error);
  if (noSpace.test(message))
    return new MillraceError(
      'unavailable',
      `The disk is full or refuses writes (${firstLine(message)}). Free some space; nothing acknowledged is lost.`,
      {
        cause: error,
        retryAfterSeconds: 10,
      },
    );
  if (/^Out of Memory Error/i.test(message))
    return new MillraceError('capacityExceeded', `The engine's memory limit is reached: ${firstLine(message)}`, {
      cause: error,
    });
  if (/^(Conversion|Out of Range|Invalid Input) Error/i.test(message))
    return new MillraceError('invalidInput', firstLine(message), { cause: error });
  if (/Max expression depth limit/i.test(message))
    return new MillraceError('invalidInput', 'An expression is nested too deep, or has too many parts.', {
      cause: error,
    });
  return asMillraceError(error);
}

export const firstLine = (text: string) => (text.split('\n')[0] as string).trim();

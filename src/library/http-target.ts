/** Batches to a millrace elsewhere, over `POST /v1/post/{dataSource}`. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PushOutcome } from '../backend.ts';
import { type ErrorCode, errorKinds, MillraceError } from '../errors.ts';

/** Tries of one batch. A server that restarts is back within them. */
const maxTries = 8;
const firstPauseMs = 100;

/**
 * Posts the lines until they are answered. All tries carry one Idempotency-Key, so a batch whose answer was lost is not
 * taken twice. Rejects with a MillraceError: at once when the server refuses the batch or has written a part of it to Kafka, else after
 * the last try.
 */
export async function postLines(url: string, dataSource: string, lines: string): Promise<PushOutcome> {
  const address = new URL(`/v1/post/${encodeURIComponent(dataSource)}?droppedEvents=true`, url);
  const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
  for (let attempt = 1; ; attempt++) {
    let pauseMs = firstPauseMs * 2 ** (attempt - 1);
    let failure: MillraceError;
    try {
      const response = await fetch(address, { method: 'POST', headers, body: lines });
      const text = await response.text();
      if (response.ok) return outcomeOf(text, url);
      failure = refusal(response.status, text.trim(), url);
      if (response.status !== 503 || isPartlyWritten(text)) throw failure;
      pauseMs = Math.max(pauseMs, 1000 * Number(response.headers.get('retry-after') ?? 0));
    } catch (error) {
      if (error instanceof MillraceError) throw error;
      failure = new MillraceError('unavailable', `${url} cannot be reached: ${reasonOf(error)}`, { cause: error });
    }
    if (attempt === maxTries) throw failure;
    await sleep(pauseMs);
  }
}

function outcomeOf(text: string, url: string): PushOutcome {
  try {
    const { result } = JSON.parse(text) as { result: Partial<PushOutcome> & Pick<PushOutcome, 'received' | 'sent'> };
    return { dropped: {}, droppedEvents: [], ...result };
  } catch (error) {
    throw new MillraceError('runtimeFailure', `${url} does not answer as a millrace does: ${text.slice(0, 200)}`, {
      cause: error,
    });
  }
}

/** Of a batch in Kafka: that a part of it is there, or may be, so that another try would double it. */
function isPartlyWritten(text: string): boolean {
  try {
    const { context } = JSON.parse(text) as { context?: { written?: number; mayBeWritten?: number } };
    return (context?.written ?? 0) + (context?.mayBeWritten ?? 0) > 0;
  } catch {
    return false;
  }
}

function refusal(status: number, text: string, url: string): MillraceError {
  const codes: readonly ErrorCode[] = ['invalidInput', 'notFound', 'tooLarge', 'unsupportedMediaType', 'bufferFull'];
  const code = codes.find((candidate) => errorKinds[candidate].status === status) ?? 'runtimeFailure';
  return new MillraceError(code, `${url} answered ${status}: ${text}`);
}

/** `fetch` hides why it failed in its error's cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}

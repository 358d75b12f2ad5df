/** Kafka's error codes, and failures of its connections, as errors of ours. */

import { MillraceError } from '../errors.ts';
import { protocolErrors, protocolErrorsCodesById } from './library.ts';

/** The codes that a reader or writer of records answers to by itself. */
export const errorCodes = {
  unknownServerError: -1,
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeader: 6,
  messageTooLarge: 10,
  recordListTooLarge: 18,
  topicAlreadyExists: 36,
  invalidPartitions: 37,
  notController: 41,
  outOfOrderSequence: 45,
  duplicateSequence: 46,
  invalidProducerEpoch: 47,
  invalidTxnState: 48,
  concurrentTransactions: 51,
  operationNotAttempted: 55,
  unknownProducerId: 59,
  producerFenced: 90,
  unknownTopicId: 100,
} as const;

/** Whether the same request may succeed later, perhaps at another broker. */
export function isRetriable(code: number): boolean {
  if (code === errorCodes.unknownTopicId) return true;
  return protocolErrors[protocolErrorsCodesById[code] ?? '']?.canRetry ?? false;
}

/** Whether it says that a broker did not answer, or that the same request may succeed later. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof MillraceError) || error.code !== 'unavailable') return false;
  const { kafkaError } = error.context;
  return typeof kafkaError !== 'string' || (protocolErrors[kafkaError]?.canRetry ?? false);
}

/** What a broker answered, in words: `NOT_LEADER_OR_FOLLOWER: …`. */
export function brokerError(what: string, code: number): MillraceError {
  const name = protocolErrorsCodesById[code] ?? `error ${code}`;
  const message = protocolErrors[name]?.message ?? '';
  return new MillraceError('unavailable', `${what}: Kafka answers ${name}. ${message}`.trim(), {
    context: { kafkaError: name },
  });
}

/** What it answered about a partition, which is told in the context, too. */
export function placeError(
  { topic, partition }: { readonly topic: string; readonly partition: number },
  errorCode: number,
): MillraceError {
  const { code, message, context } = brokerError(`${topic}-${partition}`, errorCode);
  return new MillraceError(code, message, { context: { ...context, topic, partition } });
}

/** From the outermost error to the one that caused it all. */
export function causesOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  return [error, ...causesOf(error instanceof AggregateError ? error.errors[0] : error.cause)];
}

/** What the innermost error says: a broker's own words, or OpenSSL's without its place in the source. */
export function reasonOf(error: unknown): string {
  const cause = causesOf(error).at(-1);
  if (cause === undefined) return String(error);
  const { serverErrorMessage, library, reason } = cause as { [name: string]: unknown } & Error;
  if (typeof serverErrorMessage === 'string' && serverErrorMessage !== '') return serverErrorMessage;
  return typeof library === 'string' && typeof reason === 'string' ? reason : cause.message;
}

/** Why a broker could not be reached or asked: the innermost cause, and what to look at. */
export function connectionError(address: string, error: unknown): MillraceError {
  return error instanceof MillraceError ? error : unusable(address, reasonOf(error).replace(/\.$/, ''), error);
}

export function unusable(address: string, reason: string, cause?: unknown): MillraceError {
  const advice = 'check bootstrap.servers and security.protocol, and that the broker runs';
  return new MillraceError('unavailable', `Kafka at ${address} cannot be used: ${reason}; ${advice}`, { cause });
}

/** Kafka's error codes, and failures of its connections, as errors of ours. */
import { GenericError, protocolErrors, protocolErrorsCodesById, ResponseError } from '@platformatic/kafka';
import { MillraceError } from '../errors.ts';

/** The codes that a reader or writer of records answers to by itself. */
export const errorCodes = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  unknownTopicId: 100,
} as const;

/** Whether the same request may succeed later, perhaps at another broker. */
export function isRetriable(code: number): boolean {
  if (code === errorCodes.unknownTopicId) return true;
  return protocolErrors[protocolErrorsCodesById[code] ?? '']?.canRetry ?? false;
}

/** What a broker answered, in words: `NOT_LEADER_OR_FOLLOWER: …`. */
export function brokerError(what: string, code: number): MillraceError {
  const name = protocolErrorsCodesById[code] ?? `error ${code}`;
  const message = protocolErrors[name]?.message ?? '';
  return new MillraceError('unavailable', `${what}: Kafka answers ${name}. ${message}`.trim(), {
    context: { kafkaError: name },
  });
}

/** Why a broker could not be reached or asked: the innermost cause, and what to look at. */
export function connectionError(address: string, error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  let cause = error;
  let isRefusal = false;
  while (cause instanceof Error) {
    isRefusal ||= cause instanceof GenericError && cause.code === 'PLT_KFK_AUTHENTICATION';
    const inner = cause instanceof ResponseError ? cause.errors[0] : cause.cause;
    if (!(inner instanceof Error)) break;
    cause = inner;
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  const advice = isRefusal
    ? 'check sasl.mechanism, and the user and password in sasl.jaas.config'
    : 'check bootstrap.servers and security.protocol, and that the broker runs';
  return new MillraceError('unavailable', `Kafka at ${address} cannot be used: ${reason}; ${advice}`, { cause: error });
}

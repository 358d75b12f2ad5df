/** Answers of brokers to the requests of @platformatic/kafka. */

import type { BrokerConnection } from './connections.ts';
import { ResponseError } from './library.ts';
import { connectionError } from './protocol-errors.ts';

/**
 * The answer, also where Kafka's errors are inside, for the sake of which @platformatic/kafka throws it.
 * @throws MillraceError `unavailable` when the broker does not answer.
 */
export async function answerOf<Answer>(connection: BrokerConnection, request: () => Promise<Answer>): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof ResponseError) return error.response as Answer;
    throw connectionError(connection.address, error);
  }
}

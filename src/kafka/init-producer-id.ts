/** InitProducerId: by what a broker knows a producer's batches again. https://kafka.apache.org/protocol.html#The_Messages_InitProducerId */

import type { BrokerConnection } from './connections.ts';
import { initProducerIdV1, initProducerIdV4, ResponseError } from './library.ts';
import { brokerError, connectionError } from './protocol-errors.ts';

const apiKey = 22;

export interface ProducerIdentity {
  readonly id: number;
  readonly epoch: number;
}

/** A new one. @throws MillraceError `unavailable` when the broker cannot give one now. */
export async function initProducerId(connection: BrokerConnection): Promise<ProducerIdentity> {
  const api = connection.version(apiKey, 1, 4) === 4 ? initProducerIdV4.api : initProducerIdV1.api;
  try {
    const { producerId, producerEpoch } = await api.async(connection.raw, null, 0, -1n, -1);
    return { id: Number(producerId), epoch: producerEpoch };
  } catch (error) {
    if (!(error instanceof ResponseError)) throw connectionError(connection.address, error);
    throw brokerError('a producer id', (error.response as Awaited<ReturnType<typeof api.async>>).errorCode);
  }
}

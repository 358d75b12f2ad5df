/** Which properties of Java's consumers and producers mean something to a mirror, and why others do not. */

/** What every client of a cluster shares, as MirrorMaker 2 takes it from `A.…` and from names without a cluster. */
export const isOfAllClients = (name: string): boolean =>
  /^(?:ssl|sasl|security)\./.test(name) || name === 'bootstrap.servers';

/** The others that `openCluster` reads. */
const read = new Set(
  `client.id request.timeout.ms socket.connection.setup.timeout.ms retry.backoff.ms retry.backoff.max.ms
   fetch.max.bytes max.partition.fetch.bytes fetch.min.bytes fetch.max.wait.ms
   acks max.request.size buffer.memory delivery.timeout.ms max.in.flight.requests.per.connection`.split(/\s+/),
);

const meaningless: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^compression\./, 'has no effect: batches keep the compression that they have at the source'],
  [/^(?:batch\.size|linger\.ms)$/, 'has no effect: batches go through as they are at the source'],
  [/^(?:key|value)\.(?:de)?serializer$/, 'has no effect: keys and values go through as bytes'],
  [/^isolation\.level$/, 'has no effect: records of transactions that were aborted never arrive'],
  [/^enable\.idempotence$/, 'has no effect: what is acknowledged is always written once'],
  [/^retries$/, "has no effect: what fails in passing is tried again for 'delivery.timeout.ms'"],
  [/^transactional\.id$/, 'has no effect: each lane of the flow has its own'],
  [/^enable\.auto\.commit$|^auto\.commit\./, 'has no effect: positions are kept in the ledger'],
  [/^interceptor\.classes$/, 'is of Java and cannot run here: records arrive as they are'],
  [/^partitioner\./, 'has no effect: records keep their partition'],
  [/^partition\.assignment\.|^group\.|^session\.|^heartbeat\./, 'has no effect: processes share lanes, not partitions'],
];

/** Of a property that can have no effect on a mirror, why; undefined for all others. */
export const ineffectiveness = (name: string): string | undefined =>
  meaningless.find(([pattern]) => pattern.test(name))?.[1];

/** The same, of properties that nobody knows as well. */
export function meaninglessness(name: string): string | undefined {
  if (isOfAllClients(name) || read.has(name)) return undefined;
  return ineffectiveness(name) ?? 'has no meaning to this mirror';
}

import v8 from 'node:v8';

/**
 * How the program's JavaScript heap is kept. Bodies and the answers of brokers arrive in pieces outside of the heap, which only a
 * collection frees. A young generation that stays small is collected often and cheaply; left to grow, it lets the pieces pile up
 * until the whole heap is marked, which cost a fifth of all CPU of pushes. And by default it is marked whenever the pieces have
 * grown by a few dozen MB, however small the heap is, which cost a third of reading Kafka.
 */
export const v8Flags: readonly string[] = [
  '--semi-space-growth-factor=1',
  '--external-memory-accounted-in-global-limit',
];

/** Each step makes some tens of kilobytes that outlive a collection; so many are far more than it takes. */
const mostSteps = 500;
const objectsEachStep = 1000;

/**
 * Lets the young generation grow up to so many bytes, and no more: it does when much of it outlives a collection. There is a flag for the size
 * it begins with, but only on Node's own command line.
 */
export function growYoungGeneration(bytes: number): void {
  if (youngBytes() >= Math.min(bytes, possibleBytes)) return;
  v8.setFlagsFromString('--semi-space-growth-factor=2');
  const kept: unknown[] = [];
  for (let step = 0; step < mostSteps && youngBytes() < bytes; step++)
    kept.push(Array.from({ length: objectsEachStep }, () => ({ step })));
  for (const flag of v8Flags) v8.setFlagsFromString(flag);
  possibleBytes = youngBytes();
}

/** What the last growth came to: in a small container V8's own limit is lower, and it is not tried again and again. */
let possibleBytes = Number.POSITIVE_INFINITY;

const youngBytes = () =>
  v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;

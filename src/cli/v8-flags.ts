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

/** The catalogue of types, for its readers. Entries import `define.ts` instead. */
import './registry.generated.ts';
import './gaps.ts';

export { aggregator } from './aggregator.ts';
export { type Buckets, type NumberedBuckets, numberedByMinute } from './buckets.ts';
export * from './define.ts';
export type { FieldFold, NumberVerb } from './field-fold.ts';

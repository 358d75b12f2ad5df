/** The catalogue of types, for its readers. Entries import `define.ts` instead. */
import './registry.generated.ts';
import './gaps.ts';

export * from './define.ts';

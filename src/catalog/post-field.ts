/** What a post-aggregator reads by name. */
import { invalidInput } from '../errors.ts';
import type { ResultScope, Value } from './define.ts';

/** The finished value; a 400 for a name that is no aggregator's or earlier post-aggregator's. */
export function fieldOf(scope: ResultScope, name: string): Value {
  const value = scope.field(name, 'value');
  if (value) return value;
  throw invalidInput(`the query has no aggregator or earlier post-aggregator named '${name}'`);
}

/** What a post-aggregator reads by name. */
import { invalidInput } from '../errors.ts';
import { type Checked, compilePostAggregator, type ResultScope, type Value } from './define.ts';

/** The finished value; a 400 for a name that is no aggregator's or earlier post-aggregator's. */
export function fieldOf(scope: ResultScope, name: string): Value {
  const value = scope.field(name, 'value');
  if (value) return value;
  throw invalidInput(`the query has no aggregator or earlier post-aggregator named '${name}'`);
}

/** The same, but of an aggregator whose state is more than its value, such as a sketch, the state. */
export function stateOf(scope: ResultScope, name: string): Value {
  const state = scope.field(name, 'state');
  return state?.type.startsWith('COMPLEX<') ? state : fieldOf(scope, name);
}

/** A field that is computed with: a 400 for what is no plain value. */
export function figureOf(field: Checked<'postAggregator'>, scope: ResultScope): Value {
  const value = compilePostAggregator(field, scope);
  if (!value.type.startsWith('COMPLEX<')) return value;
  throw invalidInput(
    `'${String(field.spec.fieldName ?? field.spec.name)}' is of type ${value.type}; expected a number, which a finalizingFieldAccess gives`,
  );
}

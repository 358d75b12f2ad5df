/** https://druid.apache.org/docs/latest/querying/math-expr#general-functions */
import { lookedUp } from '../../lookup.ts';
import { arg, type ExpressionFunction } from '../function.ts';
import { asString, string } from '../typed.ts';

const functions: ExpressionFunction[] = [
  {
    name: 'lookup',
    args: 'expr, lookup[, replaceMissingValueWith]',
    arity: [2, 3],
    summary:
      'What a registered lookup has for the text; where it has nothing, the third argument, or null without one.',
    example: { expression: `lookup("x", 'countries')`, row: { x: 'de' }, result: 'Germany' },
    compile(args, call) {
      const name = call.text(1);
      if (name === undefined) throw call.fail(1, "expected a lookup's name in single quotes");
      const { lookup } = call.lookups;
      if (!lookup) throw call.gap(1, 'a lookup in ingestion');
      const relation = lookup(name);
      if (!relation) throw call.fail(1, `Lookup [${name}] not found`);
      return string(lookedUp(relation, asString(arg(args, 0)), { replaceMissingValueWith: call.text(2) }));
    },
  },
];

export default functions;

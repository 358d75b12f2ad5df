/** https://druid.apache.org/docs/latest/querying/sql-scalar#string-functions */
import { type ScalarFunction, viaNative } from './define.ts';

const functions: ScalarFunction[] = [
  viaNative(
    'lookup',
    ['LOOKUP'],
    [2, 3],
    ['<expr>, <lookupName>, [<replaceMissingValueWith>]'],
    'What a registered lookup has for the text; where it has nothing, the third argument, or null without one.',
  ),
];

export default functions;

/** Addresses of IPv4: text of four numbers with dots between, or the long that they are together. */
import { type Sql, sql } from '../../../sql.ts';
import { isOfIpv6, subnetOfIpv6 } from '../../ipv6.ts';
import { arg, type Call, type ExpressionFunction } from '../function.ts';
import { asString, condition, long, string, type Typed } from '../typed.ts';

const functions: ExpressionFunction[] = [
  {
    name: 'ipv4_match',
    args: 'address, subnet',
    arity: [2, 2],
    summary: '1 where the address is of the subnet, a literal such as 10.0.0.0/8; else 0, also for what is no address.',
    example: { expression: `ipv4_match('192.168.7.9', '192.168.0.0/16')`, result: 1 },
    compile(args, call) {
      const [address] = call.settle(args) as [Typed];
      const { network, size } = subnetOf(call);
      return condition(sql`coalesce(${addressOf(address)} // ${size} = ${network / size}, false)`);
    },
  },
  {
    name: 'ipv4_parse',
    args: 'address',
    arity: [1, 1],
    summary: 'The address as a long; null for what is none.',
    example: { expression: `ipv4_parse('192.168.0.1')`, result: 3232235521 },
    compile: (args, call) => long(addressOf(arg(call.settle(args), 0))),
  },
  {
    name: 'ipv4_stringify',
    args: 'address',
    arity: [1, 1],
    summary: 'The address as text; null for what is none.',
    example: { expression: 'ipv4_stringify(3232235521)', result: '192.168.0.1' },
    compile(args, call) {
      const [address] = call.settle(args) as [Typed];
      const number = addressOf(address);
      const bytes = [24, 16, 8, 0].map((shift) => sql`((${number} >> ${shift}) & 255)`) as [Sql, Sql, Sql, Sql];
      return string(sql`(${bytes[0]} || '.' || ${bytes[1]} || '.' || ${bytes[2]} || '.' || ${bytes[3]})`);
    },
  },
  {
    name: 'ipv6_match',
    args: 'address, subnet',
    arity: [2, 2],
    summary:
      '1 where the address of IPv6 is of the subnet, a literal such as 2001:4860::/32; else 0, also for what is no address.',
    example: { expression: `ipv6_match('2001:4860:4860::8888', '2001:4860::/32')`, result: 1 },
    compile(args, call) {
      const [address] = args as [Typed];
      if (address.type !== 'STRING' && address.type !== 'ANY') return condition(sql`false`);
      const network = subnetOfIpv6(call.text(1) ?? '');
      if (!network) throw call.fail(1, "expected a subnet such as '2001:4860::/32'");
      return condition(sql`coalesce(${isOfIpv6(asString(address), network)}, false)`);
    },
  },
];

export default functions;

const byte = '(25[0-5]|2[0-4][0-9]|[01]?[0-9]?[0-9])';
const addressPattern = `${byte}[.]${byte}[.]${byte}[.]${byte}`;

/** BIGINT; NULL for what is no address, as doubles are. */
function addressOf(address: Typed): Sql {
  if (address.type === 'DOUBLE') return sql`NULL::BIGINT`;
  if (address.type === 'LONG') return sql`CASE WHEN ${address.sql} BETWEEN 0 AND 4294967295 THEN ${address.sql} END`;
  const text = asString(address);
  const bytes = sql`TRY_CAST(string_split(${text}, '.') AS BIGINT[])`;
  return sql`CASE WHEN regexp_full_match(${text}, ${addressPattern}) THEN list_reduce(${bytes}, lambda sum, next: sum * 256 + next) END`;
}

/** The lowest address and how many there are. */
function subnetOf(call: Call): { readonly network: bigint; readonly size: bigint } {
  const text = call.text(1) ?? '';
  const found = new RegExp(`^${addressPattern}(?:/(3[0-2]|[12]?[0-9]))?$`).exec(text);
  if (!found) throw call.fail(1, `expected a subnet such as '10.0.0.0/8', got '${text}'`);
  const address = found.slice(1, 5).reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const size = 2n ** (32n - BigInt(found[5] ?? 32));
  return { network: address - (address % size), size };
}

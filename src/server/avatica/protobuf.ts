/** Avatica's requests and answers in Protobuf: the same as in JSON, under the same names. */
import { invalidInput } from '../../errors.ts';
import { requests, responses, wireMessage } from './messages.ts';
import type { Answered, TypedValue } from './protocol.ts';
import { decode, encode, type Values } from './wire.ts';

const requestPrefix = 'org.apache.calcite.avatica.proto.Requests$';
const responsePrefix = 'org.apache.calcite.avatica.proto.Responses$';

const requestByName = new Map(
  Object.entries(requests).map(([request, [name, message]]) => [
    `${requestPrefix}${name}Request`,
    { request, message },
  ]),
);

/** As the JSON of the same would be. Throws `invalidInput`. */
export function readProtobuf(bytes: Buffer): unknown {
  const { name, wrappedMessage } = decode(wireMessage, bytes);
  const found = requestByName.get(String(name));
  if (!found || !Buffer.isBuffer(wrappedMessage)) throw invalidInput(`unknown request '${String(name)}'`);
  const { info, parameterValues, ...values } = decode(found.message, wrappedMessage);
  return {
    request: found.request,
    // What is zero or empty is not written.
    connectionId: '',
    statementId: 0,
    offset: 0,
    sql: '',
    ...values,
    ...(info === undefined ? {} : { info: settingsOf(info as Setting[]) }),
    ...(parameterValues === undefined ? {} : { parameterValues: (parameterValues as Values[]).map(parameterOf) }),
  };
}

interface Setting {
  readonly key?: string;
  readonly value?: string;
}

const settingsOf = (entries: readonly Setting[]) =>
  Object.fromEntries(entries.map(({ key, value }) => [key ?? '', value ?? '']));

/** Which of the fields holds a value depends on its type. */
function parameterOf(value: Values): TypedValue {
  const type = String(value.type ?? 'PRIMITIVE_BOOLEAN');
  if (value.null || type === 'NULL') return { type, value: null };
  if (/BOOLEAN$/.test(type)) return { type, value: value.boolValue ?? false };
  if (/STRING$|CHAR|BIG_DECIMAL$/.test(type)) return { type, value: value.stringValue ?? '' };
  if (/DOUBLE$/.test(type)) return { type, value: value.doubleValue ?? 0 };
  const number = BigInt((value.numberValue as bigint | undefined) ?? 0n);
  if (/FLOAT$/.test(type)) return { type, value: floatOf(number) };
  return { type, value: Number.isSafeInteger(Number(number)) ? Number(number) : String(number) };
}

/** Java's bits of a float. */
function floatOf(bits: bigint): number {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(Number(BigInt.asIntN(32, bits)));
  return bytes.readFloatLE();
}

export function writeProtobuf(answer: Answered): Buffer {
  const [name, message] = responses[answer.response] as (typeof responses)[string];
  const wrappedMessage = encode(message, withRows(answer));
  return encode(wireMessage, { name: `${responsePrefix}${name}Response`, wrappedMessage });
}

function withRows(answer: Answered): Values {
  if (answer.response === 'fetch') return { ...answer, frame: frameOf(answer.frame) };
  if (answer.response === 'resultSet') return { ...answer, firstFrame: frameOf(answer.firstFrame) };
  if (answer.response === 'error') return { ...answer, hasExceptions: true };
  if (answer.response !== 'executeResults') return { ...answer };
  return { ...answer, results: answer.results.map((set) => ({ ...set, firstFrame: frameOf(set.firstFrame) })) };
}

const frameOf = (frame: { readonly rows: readonly string[] }): Values => ({ ...frame, rows: frame.rows.map(rowOf) });

const rowOf = (json: string): Values => ({ value: (JSON.parse(json, withSource) as unknown[]).map(columnOf) });

/** Doubles are written with a point or an exponent in our rows, so that what has neither is a long, with all its digits. */
function withSource(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return /[.eE]/.test(context.source) ? value : BigInt(context.source);
}

const columnOf = (value: unknown): Values =>
  Array.isArray(value) ? { hasArrayValue: true, arrayValue: value.map(typed) } : { scalarValue: typed(value) };

function typed(value: unknown): Values {
  switch (typeof value) {
    case 'string':
      return { type: 'STRING', stringValue: value };
    case 'boolean':
      return { type: 'BOOLEAN', boolValue: value };
    case 'bigint':
      return { type: 'LONG', numberValue: value };
    case 'number':
      return { type: 'DOUBLE', doubleValue: value };
    default:
      return { type: 'NULL', null: true };
  }
}

/** JDBC's connections live in the broker that opened them: each stays with one, as Druid's router has it. */
import { readProtobuf } from '../avatica/protobuf.ts';

const prefix = '/druid/v2/sql/avatica';

export const isAvatica = (url: string): boolean => url.startsWith(prefix);

/** Undefined for what Druid will refuse anyway. */
export function connectionOf(url: string, body: Buffer): string | undefined {
  const { connectionId, statementHandle } = requestOf(url, body);
  // In Protobuf what is not there is empty.
  const id = connectionId || statementHandle?.connectionId;
  return typeof id === 'string' ? id : undefined;
}

interface Request {
  readonly connectionId?: unknown;
  readonly statementHandle?: { readonly connectionId?: unknown } | null;
}

function requestOf(url: string, body: Buffer): Request {
  try {
    return Object(url.startsWith(`${prefix}-protobuf`) ? readProtobuf(body) : JSON.parse(body.toString()));
  } catch {
    return {};
  }
}

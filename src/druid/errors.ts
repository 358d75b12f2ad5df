/** What goes wrong between us and a Druid. */
import { type ErrorCode, MillraceError } from '../errors.ts';
import { reasonOf } from '../kafka/protocol-errors.ts';
import { tlsTrouble } from '../kafka/security/tls-trouble.ts';
import { type DruidResponse, textOf } from './request.ts';
import type { Service } from './servers.ts';
import { keyStoreNames, tlsAdvice } from './tls.ts';

export interface Refusal {
  readonly service: Service;
  /** Without credentials. */
  readonly address: string;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** Druid's own error. Answers repeat its status and body as they are. */
export class DruidError extends MillraceError {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    const { service, address, status, body } = refusal;
    super(codeOf(status), `Druid's ${service} at ${address} answered ${status}: ${messageOf(body)}`);
    this.name = 'DruidError';
    this.refusal = refusal;
  }

  override get status(): number {
    return this.refusal.status;
  }
}

/** Of an answer whose status is 400 or above; reads it. */
export async function refusalOf(service: Service, response: DruidResponse): Promise<DruidError> {
  const body = (await textOf(response)) ?? '';
  const { status, address, headers } = response;
  return new DruidError({ service, address, status, contentType: headers['content-type'], body });
}

const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'invalidInput',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'notFound',
  413: 'tooLarge',
  429: 'capacityExceeded',
  501: 'unsupported',
  503: 'unavailable',
  504: 'timeout',
};

const codeOf = (status: number): ErrorCode => codes[status] ?? (status < 500 ? 'invalidInput' : 'runtimeFailure');

const longestMessage = 1_000;

/** Druid has the text in one of these members, or answers plain text. */
function messageOf(body: string): string {
  const { errorMessage, error } = membersOf(body);
  const message = [errorMessage, error].find((text) => typeof text === 'string') ?? body.trim();
  return String(message).slice(0, longestMessage);
}

function membersOf(body: string): { readonly errorMessage?: unknown; readonly error?: unknown } {
  try {
    return Object(JSON.parse(body));
  } catch {
    return {};
  }
}

/** A failure before which nothing of the request can have reached a server. */
const notConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export const isNotConnected = (error: unknown): boolean => notConnected.has(errorCode(error));

/** Connecting to several addresses of one name fails with one error for each. */
function errorCode(error: unknown): string {
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const retryAfterSeconds = 5;

export interface Tried {
  readonly address: string;
  /** In words. */
  readonly reason: string;
  readonly error?: unknown;
}

/** @param tried in order. */
export function unreachable(service: Service, tried: readonly Tried[]): MillraceError {
  const each = tried.map(({ address, reason }) => `${address}: ${reason}`).join('; ');
  return new MillraceError('unavailable', `Druid's ${service} cannot be reached: ${each}`, {
    cause: tried.at(-1)?.error,
    retryAfterSeconds,
  });
}

/** Why there was no answer, in words. */
export function failureReason(error: unknown, { protocol }: URL): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  switch (errorCode(first)) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ENOTFOUND':
      return 'there is no such host';
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'no connection in time';
    case 'UND_ERR_SOCKET':
    case 'ECONNRESET':
      // By TLS 1.3 it may do so before it is heard why.
      return protocol === 'https:'
        ? `it closed the connection: it may want a certificate (${keyStoreNames.location})`
        : 'it closed the connection';
    default: {
      const trouble = tlsTrouble(first);
      const reason = first instanceof Error ? first.message : String(first);
      return trouble === undefined ? reason : `no connection by TLS: ${reasonOf(first)}; ${tlsAdvice[trouble]}`;
    }
  }
}

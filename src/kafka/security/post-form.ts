/** One POST of a form, by TLS as Kafka's properties say: Node's `fetch` takes no certificates. */
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestByTls } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { invalidInput } from '../../errors.ts';

const timeoutMs = 10_000;
const mostBytes = 2 ** 20;

export interface PostOptions {
  readonly authorization: string;
  /** For an address of https. */
  readonly tls: ConnectionOptions | undefined;
}

/** Redirections are not followed: they would take the authorization along. Rejects after ten seconds. */
export async function postForm(
  url: URL,
  form: URLSearchParams,
  { authorization, tls }: PostOptions,
): Promise<{ readonly status: number; readonly text: string }> {
  const body = form.toString();
  const headers = {
    accept: 'application/json',
    authorization,
    'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
    'content-length': Buffer.byteLength(body),
  };
  const send = tls === undefined ? requestPlain : requestByTls;
  // Node's own agent would take connections of the same host for each other's, whatever they trust.
  const options = { ...tls, method: 'POST', headers, agent: false, signal: AbortSignal.timeout(timeoutMs) };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  send(url, options, resolve).on('error', reject).end(body);
  const response = await promise;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw invalidInput(`its answer is longer than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
}

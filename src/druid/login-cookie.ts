/** The cookie by which a server that knows Kerberos remembers a login: Hadoop's, as Druid's extension has it. */
import type { IncomingHttpHeaders } from 'node:http';

export interface LoginCookie {
  /** As it goes back: `hadoop.auth="u=…"`. */
  readonly text: string;
  /** From then on, in milliseconds since 1970, a new login is better. */
  readonly renewMs: number;
}

const name = 'hadoop.auth=';
/** Clocks differ, and requests take their time. */
const marginMs = 60_000;

/** That of an answer; undefined where it gives none. */
export function loginCookie(headers: IncomingHttpHeaders): LoginCookie | undefined {
  const [text] =
    valuesOf(headers, 'set-cookie')
      .find((cookie) => cookie.startsWith(name))
      ?.split(';') ?? [];
  // It takes the cookie away again.
  if (text === undefined || text.slice(name.length).replaceAll('"', '') === '') return undefined;
  const expiresMs = Number(/[=&"]e=(\d+)/.exec(text)?.[1] ?? Number.POSITIVE_INFINITY);
  return { text, renewMs: expiresMs - marginMs };
}

/** Headers of an answer for others: with the cookie they would be us. */
export function withoutLogin(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { 'set-cookie': _cookies, 'www-authenticate': _challenge, ...others } = headers;
  const left = valuesOf(headers, 'set-cookie').filter((cookie) => !cookie.startsWith(name));
  return left.length === 0 ? others : { ...others, 'set-cookie': left };
}

/** Of a header that may be there several times: undici has a list only then. */
export const valuesOf = (headers: IncomingHttpHeaders, header: string): readonly string[] =>
  [headers[header] ?? []].flat();

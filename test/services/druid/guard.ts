/**
 * A door before a real Druid that asks who comes, as Druid's own extensions for it do: by user and password, or by Kerberos, with
 * the cookie of Hadoop's filter. https://druid.apache.org/docs/latest/development/extensions-core/druid-kerberos
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whether one may pass; else it has answered. May set headers of the answer. */
export type Check = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

export interface Guard {
  /** `http://localhost:…` */
  readonly url: string;
  /** Requests that came, those that were refused among them. */
  readonly asked: number;
  /** What a request that passed had with it, the last one. */
  readonly lastHeaders: IncomingMessage['headers'];
  stop(): void;
}

export async function startGuard(druid: string, check: Check): Promise<Guard> {
  const { hostname, port } = new URL(druid);
  const state = { asked: 0, lastHeaders: {} as IncomingMessage['headers'] };
  const server = createServer(async (asked, answer) => {
    state.asked++;
    if (!(await check(asked, answer))) return;
    state.lastHeaders = asked.headers;
    const { method, url: path, headers } = asked;
    const inner = request({ hostname, port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    asked.pipe(inner);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return Object.assign(state, {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  });
}

/** Lets in who has this user and password. */
export function byPassword(user: string, password: string): Check {
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return ({ headers }, response) => {
    if (headers.authorization === expected) return true;
    response.writeHead(401, { 'www-authenticate': 'Basic realm="druid"' }).end('Unauthorized');
    return false;
  };
}

interface KerberosServer {
  readonly username: string;
  readonly response: string | null;
  readonly contextComplete: boolean;
  step(token: string): Promise<string | null>;
}

interface KerberosPackage {
  initializeServer(service: string): Promise<KerberosServer>;
}

export interface KerberosDoor {
  readonly check: Check;
  /** Logins by a ticket, in order: their principals. */
  readonly logins: readonly string[];
  /** No cookie that it gave is good any more, as after its restart. */
  forget(): void;
}

/** Its key is in the keytab that KRB5_KTNAME names. @param provesItself whether it tells the client who it is, as it should */
export async function byKerberos({ cookieMs = 600_000, provesItself = true } = {}): Promise<KerberosDoor> {
  const packageName: string = 'kerberos';
  const { initializeServer } = (await import(packageName)).default as KerberosPackage;
  const logins: string[] = [];
  const cookies = new Map<string, number>();
  const refuse = (response: ServerResponse) => {
    response.writeHead(401, { 'www-authenticate': 'Negotiate' }).end('Authentication required');
    return false;
  };
  const check: Check = async ({ headers }, response) => {
    const cookie = /hadoop\.auth=("[^"]*")/.exec(headers.cookie ?? '')?.[1];
    if (cookie !== undefined && (cookies.get(cookie) ?? 0) > Date.now()) return true;
    const token = /^Negotiate (\S+)/.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) return refuse(response);
    try {
      const server = await initializeServer('HTTP@localhost');
      await server.step(token);
      logins.push(server.username);
      const expires = Date.now() + cookieMs;
      const given = `"u=${server.username}&p=${server.username}&t=kerberos&e=${expires}&s=${logins.length}"`;
      cookies.set(given, expires);
      response.appendHeader('set-cookie', `hadoop.auth=${given}; Path=/; HttpOnly`);
      if (provesItself) response.setHeader('www-authenticate', `Negotiate ${server.response}`);
      return true;
    } catch {
      return refuse(response);
    }
  };
  return { check, logins, forget: () => cookies.clear() };
}

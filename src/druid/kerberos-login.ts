/**
 * Login by Kerberos: SPNEGO. Each server then gives a cookie, which stands for the login until it expires.
 * https://www.rfc-editor.org/rfc/rfc4559, https://druid.apache.org/docs/latest/development/extensions-core/druid-kerberos
 */
import type { IncomingHttpHeaders } from 'node:http';
import { invalidInput, MillraceError } from '../errors.ts';
import { type Environment, jaasFileIn, jaasFileProperty, jaasSection } from '../kafka/security/jaas.ts';
import {
  type Begun,
  beginKerberos,
  cacheCredentials,
  jaasCredentials,
  type KerberosCredentials,
  kerberosAnswer,
  keytabCredentials,
} from '../kafka/security/kerberos.ts';
import { Refusals } from '../kafka/security/refusals.ts';
import type { Attempt, Login } from './login.ts';
import { type LoginCookie, loginCookie, valuesOf, withoutLogin } from './login-cookie.ts';

export interface KerberosUser {
  readonly principal: string | undefined;
  readonly keytab: string | undefined;
  /** Where the login is when neither of those is given; undefined: the one in KAFKA_OPTS, if that has one for this. */
  readonly jaasFile: string | undefined;
}

/** @throws MillraceError `environment` for a JAAS file that cannot be read, `invalidInput` for one that has no login for this. */
export function kerberosLogin(user: KerberosUser): Login {
  return new KerberosLogin(credentialsOf(user, process.env));
}

/**
 * Java's names for the login of whoever begins: of Kerberos, and of any mechanism.
 * https://docs.oracle.com/en/java/javase/17/security/single-sign-using-kerberos-java1.html
 */
const jaasSections = ['com.sun.security.jgss.krb5.initiate', 'com.sun.security.jgss.initiate'] as const;

function credentialsOf({ principal, keytab, jaasFile }: KerberosUser, env: Environment): KerberosCredentials {
  if (keytab !== undefined) return keytabCredentials(keytab, principal);
  if (principal !== undefined) return cacheCredentials(undefined, principal);
  const file = jaasFile === undefined ? jaasFileIn(env) : { path: jaasFile, namedBy: jaasFileProperty };
  const jaas = file && jaasSection(file, jaasSections);
  if (jaas !== undefined) return jaasCredentials(jaas, env);
  if (jaasFile !== undefined) {
    const expected = `${jaasSections[0]} { com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true keyTab="…" principal="…"; };`;
    throw invalidInput(`${jaasFile} has no section ${jaasSections.join(' or ')}; expected ${expected}`);
  }
  return cacheCredentials(undefined, undefined);
}

class KerberosLogin implements Login {
  readonly #credentials: KerberosCredentials;
  readonly #refusals = new Refusals();
  /** By server. */
  readonly #cookies = new Map<string, LoginCookie>();

  constructor(credentials: KerberosCredentials) {
    this.#credentials = credentials;
  }

  async attempt(server: URL): Promise<Attempt> {
    const cookie = this.#cookies.get(server.origin);
    if (cookie && Date.now() < cookie.renewMs) return this.#byCookie(server, cookie);
    this.#refusals.check(server.origin);
    return this.#byTicket(server, await this.#begin(server));
  }

  #byCookie({ origin }: URL, cookie: LoginCookie): Attempt {
    return {
      headers: { cookie: cookie.text },
      answered: async (status, headers) => {
        if (status === 401) this.#cookies.delete(origin);
        else this.#keep(origin, headers);
        return { headers: withoutLogin(headers), isStale: status === 401 };
      },
    };
  }

  #byTicket({ origin }: URL, { client, token }: Begun): Attempt {
    return {
      headers: { authorization: `Negotiate ${token ?? ''}` },
      answered: async (status, headers) => {
        if (status === 401)
          throw this.#refuse(origin, `refuses the login by Kerberos (401); ${this.#credentials.advice}`);
        const proof = proofIn(headers);
        if (proof !== undefined) await this.#asRefusal(origin, kerberosAnswer(client.step(proof), adviceFor));
        // Something before Druid that fails has nothing to prove by.
        if (!client.contextComplete && status >= 500) return { headers, isStale: false };
        if (!client.contextComplete) {
          throw this.#refuse(
            origin,
            'does not prove by Kerberos who it is: its answer has no WWW-Authenticate: Negotiate',
          );
        }
        this.#refusals.passed(origin);
        this.#keep(origin, headers);
        return { headers: withoutLogin(headers), isStale: false };
      },
    };
  }

  #begin({ hostname, origin }: URL): Promise<Begun> {
    return this.#asRefusal(origin, beginKerberos('spnego', `HTTP@${hostname}`, this.#credentials, adviceFor));
  }

  async #asRefusal<T>(origin: string, step: Promise<T>): Promise<T> {
    try {
      return await step;
    } catch (error) {
      const { code, message } = error as MillraceError;
      if (code === 'environment') throw error;
      throw this.#refuse(origin, `cannot be logged in to by Kerberos: ${message}; ${this.#credentials.advice}`, error);
    }
  }

  #refuse(origin: string, what: string, cause?: unknown): MillraceError {
    const error = new MillraceError('unauthorized', `Druid at ${origin} ${what}`, { cause });
    this.#refusals.refused(origin, error);
    return error;
  }

  #keep(origin: string, headers: IncomingHttpHeaders): void {
    const cookie = loginCookie(headers);
    if (cookie) this.#cookies.set(origin, cookie);
  }
}

/** The token by which the server proves who it is. */
function proofIn(headers: IncomingHttpHeaders): string | undefined {
  const tokens = valuesOf(headers, 'www-authenticate').map((value) => /^Negotiate +(\S+)/i.exec(value)?.[1]);
  return tokens.find((token) => token !== undefined);
}

function adviceFor(reason: string): string | undefined {
  if (!/not found in Kerberos database/.test(reason)) return undefined;
  return 'the KDC knows servers by their names, as in HTTP/router.example.com: write those into --druid, not addresses';
}

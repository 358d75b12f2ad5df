/**
 * A login by Kerberos, to whatever service: which credentials are used, and the first step, at which the KDC is asked.
 * https://www.rfc-editor.org/rfc/rfc4121, and for HTTP https://www.rfc-editor.org/rfc/rfc4559
 */
import { createHash } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { invalidInput, MillraceError } from '../../errors.ts';
import { type Environment, type Jaas, javaProperty } from './jaas.ts';
import { type KerberosClient, loadKerberos } from './kerberos-package.ts';

export interface KerberosCredentials {
  readonly principal: string | undefined;
  /** None: the ticket cache. */
  readonly keytab: string | undefined;
  /** What tells the system's Kerberos library where the credentials are. */
  readonly environment: Environment;
  /** What to look at when they are refused. */
  readonly advice: string;
}

/** The library gets tickets with the keytab, and new ones before they end. @param config more for its environment */
export function keytabCredentials(
  keytab: string,
  principal: string | undefined,
  config: Environment = {},
): KerberosCredentials {
  // Each login has tickets of its own, in memory.
  const cache = createHash('sha256').update(`${keytab}\0${principal}`).digest('hex').slice(0, 16);
  return {
    principal,
    keytab,
    environment: { ...config, KRB5_CLIENT_KTNAME: `FILE:${keytab}`, KRB5CCNAME: `MEMORY:millrace-${cache}` },
    advice: `check with kinit -k -t ${keytab} ${principal ?? ''} that the keytab is good for its principal, and the krb5.conf`,
  };
}

/** Tickets that somebody else renews. @param cache a file; undefined: the one of KRB5CCNAME, or the system's. */
export function cacheCredentials(
  cache: string | undefined,
  principal: string | undefined,
  config: Environment = {},
): KerberosCredentials {
  return {
    principal,
    keytab: undefined,
    environment: { ...config, ...(cache !== undefined && { KRB5CCNAME: `FILE:${cache}` }) },
    advice:
      'check with klist that the ticket cache has a ticket that is still valid (kinit brings one), and the krb5.conf',
  };
}

/**
 * As Java's Krb5LoginModule would have them.
 * @throws MillraceError `invalidInput` when it names neither a keytab nor the ticket cache.
 */
export function jaasCredentials({ where, options }: Jaas, env: Environment): KerberosCredentials {
  const { principal } = options;
  const krb5Conf = env.KRB5_CONFIG ?? javaProperty(env, 'java.security.krb5.conf');
  const config = krb5Conf === undefined ? {} : { KRB5_CONFIG: krb5Conf };
  if (isTrue(options.useKeyTab)) {
    const keytab = options.keyTab?.replace(/^(?:FILE:|file:(?:\/\/)?)/, '');
    if (keytab === undefined) throw invalidInput(`${where} has useKeyTab=true, but no keyTab="…"`);
    return keytabCredentials(keytab, principal, config);
  }
  if (isTrue(options.useTicketCache)) return cacheCredentials(options.ticketCache, principal, config);
  throw invalidInput(
    `${where} has no credentials: expected useKeyTab=true keyTab="…" principal="…", or useTicketCache=true; ` +
      'nobody can be asked for a password',
  );
}

const isTrue = (option: string | undefined) => option?.toLowerCase() === 'true';

/** More to do about a reason that Kerberos gives, where there is something. */
export type AdviceFor = (reason: string) => string | undefined;

export interface Begun {
  readonly client: KerberosClient;
  /** The first token, base64. */
  readonly token: string | null;
}

/**
 * The first token: here credentials are looked for, and the KDC is asked.
 * @param service as in `kafka@broker.example.com`
 * @throws MillraceError `unavailable` with Kerberos' reason, or `environment` where its package is missing.
 */
export async function beginKerberos(
  mechanism: 'krb5' | 'spnego',
  service: string,
  { keytab, principal, environment }: KerberosCredentials,
  adviceFor: AdviceFor,
): Promise<Begun> {
  if (keytab !== undefined) checkReadable(keytab);
  const { initializeClient, GSS_MECH_OID_KRB5, GSS_MECH_OID_SPNEGO } = await loadKerberos();
  const mechOID = mechanism === 'krb5' ? GSS_MECH_OID_KRB5 : GSS_MECH_OID_SPNEGO;
  return inTurn(() =>
    withEnvironment(environment, async () => {
      const options = { mechOID, ...(principal !== undefined && { principal }) };
      const client: KerberosClient = await kerberosAnswer(initializeClient(service, options), adviceFor);
      return { client, token: await kerberosAnswer(client.step(''), adviceFor) };
    }),
  );
}

function checkReadable(keytab: string): void {
  try {
    accessSync(keytab, constants.R_OK);
  } catch (error) {
    throw new MillraceError('unavailable', `the keytab ${keytab} cannot be read`, { cause: error });
  }
}

let lastTurn: Promise<unknown> = Promise.resolve();

/** One after the other: the environment is everybody's, and a KDC that is silent would hold all of Node's threads. */
function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const turn = lastTurn.then(work);
  lastTurn = turn.catch(() => {});
  return turn;
}

/** The library has no other way to be told where credentials are. */
async function withEnvironment<Result>(environment: Environment, work: () => Promise<Result>): Promise<Result> {
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, environment);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

const generalPart =
  /^(?:Unspecified GSS failure\.\s+Minor code may provide more information|No credentials were supplied, or the credentials were unavailable or inaccessible): /;

/** What Kerberos answers, without the part that only says that there is another. */
export async function kerberosAnswer<Result>(step: Promise<Result>, adviceFor: AdviceFor): Promise<Result> {
  try {
    return await step;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = message.replace(generalPart, '');
    const advice = adviceFor(reason) ?? generalAdvice(reason);
    throw new MillraceError('unavailable', advice === undefined ? reason : `${reason} (${advice})`, { cause: error });
  }
}

function generalAdvice(reason: string): string | undefined {
  if (/Cannot (?:contact any|find) KDC/.test(reason)) return 'see realms and kdc in the krb5.conf';
  return /SPNEGO cannot find mechanisms/.test(reason) ? 'there are no credentials of Kerberos' : undefined;
}

/**
 * GSSAPI: Kerberos, with a keytab or a ticket cache. https://kafka.apache.org/documentation/#security_sasl_kerberos,
 * https://www.rfc-editor.org/rfc/rfc4752
 */
import { createHash } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import type { Connection } from '@platformatic/kafka';
import { invalidInput, MillraceError } from '../../errors.ts';
import { type KafkaProperties, text } from '../properties.ts';
import { type Environment, type Jaas, javaProperty } from './jaas.ts';
import { type KerberosClient, loadKerberos } from './kerberos-package.ts';
import { type Exchange, Login, type LoginAnswer } from './login.ts';

export interface KerberosCredentials {
  /** The first part of the brokers' principals. */
  readonly serviceName: string;
  readonly principal: string | undefined;
  readonly keytab: string | undefined;
  /** What tells the system's Kerberos library where the credentials are. */
  readonly environment: Environment;
}

/** @throws MillraceError when the service's name, or the credentials, are missing. */
export function gssapiLogin(jaas: Jaas, properties: KafkaProperties): Login {
  const credentials = kerberosCredentials(jaas, properties);
  const { keytab, principal } = credentials;
  return new Login({
    mechanism: 'GSSAPI',
    advice:
      keytab === undefined
        ? 'check with klist that the ticket cache has a ticket that is still valid (kinit brings one), and the krb5.conf'
        : `check with kinit -k -t ${keytab} ${principal ?? ''} that the keytab is good for its principal, and the krb5.conf`,
    authenticate: (connection, exchange) => authenticate(credentials, connection, exchange),
  });
}

function kerberosCredentials(
  { where, options }: Jaas,
  properties: KafkaProperties,
  env: Environment = process.env,
): KerberosCredentials {
  const name = 'sasl.kerberos.service.name';
  const configured = text(properties, name);
  const serviceName = configured ?? options.serviceName;
  if (serviceName === undefined) {
    throw invalidInput(`'${name}' is missing: the first part of the brokers' principals, as in kafka/host@REALM`);
  }
  if (options.serviceName !== undefined && options.serviceName !== serviceName) {
    throw invalidInput(`'${name}' is '${configured}', but serviceName in ${where} is '${options.serviceName}'`);
  }
  const { principal } = options;
  const krb5Conf = env.KRB5_CONFIG ?? javaProperty(env, 'java.security.krb5.conf');
  const config = krb5Conf === undefined ? {} : { KRB5_CONFIG: krb5Conf };
  if (isTrue(options.useKeyTab)) {
    const keytab = options.keyTab?.replace(/^(?:FILE:|file:(?:\/\/)?)/, '');
    if (keytab === undefined) throw invalidInput(`${where} has useKeyTab=true, but no keyTab="…"`);
    // Each login has tickets of its own, in memory; the library gets new ones before they end.
    const cache = createHash('sha256').update(`${keytab}\0${principal}`).digest('hex').slice(0, 16);
    const environment = { ...config, KRB5_CLIENT_KTNAME: `FILE:${keytab}`, KRB5CCNAME: `MEMORY:millrace-${cache}` };
    return { serviceName, principal, keytab, environment };
  }
  if (isTrue(options.useTicketCache)) {
    const cache = options.ticketCache === undefined ? {} : { KRB5CCNAME: `FILE:${options.ticketCache}` };
    return { serviceName, principal, keytab: undefined, environment: { ...config, ...cache } };
  }
  throw invalidInput(
    `${where} has no credentials: expected useKeyTab=true keyTab="…" principal="…", or useTicketCache=true; ` +
      'nobody can be asked for a password',
  );
}

const isTrue = (option: string | undefined) => option?.toLowerCase() === 'true';

async function authenticate(
  credentials: KerberosCredentials,
  connection: Connection,
  exchange: Exchange,
): Promise<LoginAnswer> {
  const send = (token: string | null) => exchange.async(connection, Buffer.from(token ?? '', 'base64'));
  const { client, token } = await begin(credentials, connection.host as string);
  let answer = await send(token);
  while (!client.contextComplete) answer = await send(await inWords(client.step(answer.authBytes.toString('base64'))));
  // Which of the security layers the broker offers: only that of no layer is wanted, and Kafka has no other.
  const offer = await inWords(client.unwrap(answer.authBytes.toString('base64')));
  if (Buffer.from(offer ?? '', 'base64').length !== 4) {
    throw new MillraceError('unavailable', 'the broker offers no security layer of SASL');
  }
  // For nobody else than the one that the ticket is of.
  return send(await inWords(client.wrap(offer as string, { user: '' })));
}

/** The first token: here credentials are looked for, and the KDC is asked. */
async function begin({ serviceName, principal, keytab, environment }: KerberosCredentials, host: string) {
  if (keytab !== undefined) checkReadable(keytab);
  const { initializeClient, GSS_MECH_OID_KRB5 } = await loadKerberos();
  return inTurn(() =>
    withEnvironment(environment, async () => {
      const options = { mechOID: GSS_MECH_OID_KRB5, ...(principal !== undefined && { principal }) };
      const client: KerberosClient = await inWords(initializeClient(`${serviceName}@${host}`, options));
      return { client, token: await inWords(client.step('')) };
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
async function inWords<Result>(step: Promise<Result>): Promise<Result> {
  try {
    return await step;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = message.replace(generalPart, '');
    const advice = adviceFor(reason);
    throw new MillraceError('unavailable', advice === undefined ? reason : `${reason} (${advice})`, { cause: error });
  }
}

function adviceFor(reason: string): string | undefined {
  if (/not found in Kerberos database/.test(reason)) {
    return 'the KDC knows brokers by their names: write those into bootstrap.servers, not addresses, and see that sasl.kerberos.service.name is right';
  }
  if (/Cannot (?:contact any|find) KDC/.test(reason)) return 'see realms and kdc in the krb5.conf';
  return undefined;
}

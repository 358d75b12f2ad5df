/**
 * GSSAPI: Kerberos, with a keytab or a ticket cache. https://kafka.apache.org/documentation/#security_sasl_kerberos,
 * https://www.rfc-editor.org/rfc/rfc4752
 */
import type { Connection } from '@platformatic/kafka';
import { invalidInput, MillraceError } from '../../errors.ts';
import { type KafkaProperties, text } from '../properties.ts';
import type { Environment, Jaas } from './jaas.ts';
import { beginKerberos, jaasCredentials, type KerberosCredentials, kerberosAnswer } from './kerberos.ts';
import { type Exchange, Login, type LoginAnswer } from './login.ts';

interface BrokerCredentials extends KerberosCredentials {
  /** The first part of the brokers' principals. */
  readonly serviceName: string;
}

/** @throws MillraceError when the service's name, or the credentials, are missing. */
export function gssapiLogin(jaas: Jaas, properties: KafkaProperties): Login {
  const credentials = brokerCredentials(jaas, properties);
  return new Login({
    mechanism: 'GSSAPI',
    advice: credentials.advice,
    authenticate: (connection, exchange) => authenticate(credentials, connection, exchange),
  });
}

function brokerCredentials(
  { where, options }: Jaas,
  properties: KafkaProperties,
  env: Environment = process.env,
): BrokerCredentials {
  const name = 'sasl.kerberos.service.name';
  const configured = text(properties, name);
  const serviceName = configured ?? options.serviceName;
  if (serviceName === undefined) {
    throw invalidInput(`'${name}' is missing: the first part of the brokers' principals, as in kafka/host@REALM`);
  }
  if (options.serviceName !== undefined && options.serviceName !== serviceName) {
    throw invalidInput(`'${name}' is '${configured}', but serviceName in ${where} is '${options.serviceName}'`);
  }
  return { serviceName, ...jaasCredentials({ where, options }, env) };
}

async function authenticate(
  credentials: BrokerCredentials,
  connection: Connection,
  exchange: Exchange,
): Promise<LoginAnswer> {
  const send = (token: string | null) => exchange.async(connection, Buffer.from(token ?? '', 'base64'));
  const { client, token } = await beginKerberos(
    'krb5',
    `${credentials.serviceName}@${connection.host}`,
    credentials,
    adviceFor,
  );
  let answer = await send(token);
  while (!client.contextComplete)
    answer = await send(await kerberosAnswer(client.step(answer.authBytes.toString('base64')), adviceFor));
  // Which of the security layers the broker offers: only that of no layer is wanted, and Kafka has no other.
  const offer = await kerberosAnswer(client.unwrap(answer.authBytes.toString('base64')), adviceFor);
  if (Buffer.from(offer ?? '', 'base64').length !== 4) {
    throw new MillraceError('unavailable', 'the broker offers no security layer of SASL');
  }
  // For nobody else than the one that the ticket is of.
  return send(await kerberosAnswer(client.wrap(offer as string, { user: '' }), adviceFor));
}

function adviceFor(reason: string): string | undefined {
  if (/not found in Kerberos database/.test(reason)) {
    return 'the KDC knows brokers by their names: write those into bootstrap.servers, not addresses, and see that sasl.kerberos.service.name is right';
  }
  return undefined;
}

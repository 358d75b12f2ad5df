/**
 * OAUTHBEARER: a bearer token from a token endpoint, or, for development, one that nobody signed.
 * https://kafka.apache.org/documentation/#security_sasl_oauthbearer
 */
import type { Connection } from '@platformatic/kafka';
import { invalidInput, MillraceError } from '../../errors.ts';
import { saslOAuthBearer } from '../library.ts';
import { type KafkaProperties, text } from '../properties.ts';
import type { Jaas } from './jaas.ts';
import { type Exchange, Login } from './login.ts';
import { TokenEndpoint } from './token-endpoint.ts';

type TokenSource = () => string | Promise<string>;

/** @throws MillraceError when neither an endpoint with a client nor an unsecured token is there. */
export function oauthLogin(jaas: Jaas, properties: KafkaProperties): Login {
  const url = text(properties, 'sasl.oauthbearer.token.endpoint.url');
  // The endpoint's certificate is judged by `ssl.*` among the options, as in Java: the brokers' own are no measure for it.
  const endpoint = url === undefined ? undefined : new TokenEndpoint(url, clientOf(jaas, properties), jaas.options);
  const token: TokenSource = endpoint ? () => endpoint.token() : unsecuredToken(jaas);
  const extensions = optionsWith(jaas, endpoint ? 'extension_' : 'unsecuredLoginExtension_');
  return new Login({
    mechanism: 'OAUTHBEARER',
    advice: endpoint
      ? `check the client's id, secret and scope, and that the broker trusts the tokens of ${url}`
      : 'check the claims in sasl.jaas.config, and that the broker takes tokens that nobody signed',
    authenticate: async (connection, exchange) => {
      const answer = await saslOAuthBearer.authenticate(exchange, connection, await token(), extensions);
      if (answer.authBytes.length === 0) return answer;
      endpoint?.forget();
      return await explainRefusal(connection, exchange, answer.authBytes);
    },
  });
}

/** The reason comes as JSON, and a client has to take note of it before the broker refuses it: RFC 7628, 3.2.2. */
async function explainRefusal(connection: Connection, exchange: Exchange, reason: Buffer): Promise<never> {
  await exchange.async(connection, Buffer.of(1));
  throw new MillraceError('unavailable', `the broker answers ${reason.toString()}`);
}

function clientOf({ where, options }: Jaas, properties: KafkaProperties) {
  const id = text(properties, 'sasl.oauthbearer.client.credentials.client.id') ?? options.clientId;
  const secret = text(properties, 'sasl.oauthbearer.client.credentials.client.secret') ?? options.clientSecret;
  const scope = text(properties, 'sasl.oauthbearer.scope') ?? options.scope;
  if (id === undefined || secret === undefined) {
    throw invalidInput(
      `${where} has no clientId or no clientSecret; expected: … required clientId="…" clientSecret="…" scope="…"; ` +
        'or sasl.oauthbearer.client.credentials.client.id and sasl.oauthbearer.client.credentials.client.secret',
    );
  }
  return { id, secret, scope, encoded: text(properties, 'sasl.oauthbearer.header.urlencode') === 'true' };
}

/** A JWT without a signature, with the claims that the options `unsecuredLogin…Claim_<name>` give it. */
function unsecuredToken(jaas: Jaas): TokenSource {
  const { where, options } = jaas;
  const claims: Record<string, unknown> = {
    ...optionsWith(jaas, 'unsecuredLoginStringClaim_'),
    ...mapValues(optionsWith(jaas, 'unsecuredLoginNumberClaim_'), Number),
    // Its first character parts the others.
    ...mapValues(optionsWith(jaas, 'unsecuredLoginListClaim_'), (list) => list.slice(1).split(list[0] as string)),
  };
  const principal = options.unsecuredLoginPrincipalClaimName ?? 'sub';
  const lifetimeSeconds = Number(options.unsecuredLoginLifetimeSeconds ?? 3600);
  if (claims[principal] === undefined) {
    throw invalidInput(
      `${where} names nobody: without 'sasl.oauthbearer.token.endpoint.url' it has to have ` +
        `unsecuredLoginStringClaim_${principal}="…"`,
    );
  }
  return () => {
    const issuedAt = Date.now() / 1000;
    const payload = { iat: issuedAt, exp: issuedAt + lifetimeSeconds, ...claims };
    const [head, body] = [{ alg: 'none' }, payload].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    return `${head}.${body}.`;
  };
}

function optionsWith({ options }: Jaas, prefix: string): Record<string, string> {
  const entries = Object.entries(options).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value ?? '']));
}

const mapValues = <Value>(record: Readonly<Record<string, string>>, map: (value: string) => Value) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));

/** `sasl.*` of Kafka's properties: which mechanism, with which credentials. */
import { invalidInput, unsupported } from '../../errors.ts';
import { type KafkaProperties, text } from '../properties.ts';
import { gssapiLogin } from './gssapi.ts';
import { findJaas, type Jaas } from './jaas.ts';
import { type Login, plainLogin, scramLogin } from './login.ts';
import { oauthLogin } from './oauth.ts';

const mechanisms: Readonly<Record<string, (jaas: Jaas, properties: KafkaProperties) => Login>> = {
  PLAIN: (jaas) => plainLogin(...userOf(jaas)),
  'SCRAM-SHA-256': (jaas) => scramLogin('SHA-256', ...userOf(jaas)),
  'SCRAM-SHA-512': (jaas) => scramLogin('SHA-512', ...userOf(jaas)),
  OAUTHBEARER: oauthLogin,
  GSSAPI: gssapiLogin,
};

/** @throws MillraceError when the mechanism is not known, or its credentials are missing. */
export function saslLogin(properties: KafkaProperties): Login {
  const mechanism = text(properties, 'sasl.mechanism') ?? 'GSSAPI';
  const login = Object.hasOwn(mechanisms, mechanism) ? mechanisms[mechanism] : undefined;
  if (login === undefined) {
    throw unsupported(`'sasl.mechanism' is '${mechanism}'; supported are ${Object.keys(mechanisms).join(', ')}`);
  }
  return login(findJaas(properties, mechanism), properties);
}

function userOf({ where, options: { username, password } }: Jaas): [string, string] {
  if (username === undefined || password === undefined) {
    throw invalidInput(`${where} has no username or no password; expected: … required username="…" password="…";`);
  }
  return [username, password];
}

/**
 * One broker with every way in: the listener PLAINTEXT (whose users may do everything), TLS, MTLS (asks for a
 * certificate), SASL and SASLTLS.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrokerOptions, KafkaBroker } from './broker.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import type { Kdc } from './kdc.ts';

/** Known by PLAIN and SCRAM. */
export const users = { alice: 'wonder"land', bob: 'builder' } as const;

const modules = 'org.apache.kafka.common.security';
const plainUsers = Object.entries(users).map(([name, password]) => `user_${name}="${password.replace('"', '\\"')}"`);
const jaas: Readonly<Record<string, string>> = {
  plain: `${modules}.plain.PlainLoginModule required ${plainUsers.join(' ')};`,
  'scram-sha-256': `${modules}.scram.ScramLoginModule required;`,
  'scram-sha-512': `${modules}.scram.ScramLoginModule required;`,
  oauthbearer: `${modules}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
};

export interface SecuredBroker {
  readonly broker: KafkaBroker;
  readonly certificates: Certificates;
  stop(): Promise<void>;
}

export interface SecuredOptions {
  /** Adds GSSAPI. */
  readonly kdc?: Kdc;
  /** More of server.properties. */
  readonly properties?: BrokerOptions['properties'];
}

export async function startSecuredBroker({ kdc, properties }: SecuredOptions = {}): Promise<SecuredBroker> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-certificates-'));
  const certificates = makeCertificates(folder);
  const broker = await KafkaBroker.start({
    listeners: { TLS: 'SSL', MTLS: 'SSL', SASL: 'SASL_PLAINTEXT', SASLTLS: 'SASL_SSL' },
    scramUsers: users,
    jvm: kdc === undefined ? [] : [`-Djava.security.krb5.conf=${kdc.config}`],
    properties: {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': certificates.broker,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': certificates.ca,
      'listener.name.mtls.ssl.client.auth': 'required',
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS',
      'allow.everyone.if.no.acl.found': 'true',
      ...saslProperties(kdc === undefined ? jaas : { ...jaas, gssapi: kdc.jaas(kdc.addService('kafka', 'localhost')) }),
      ...properties,
    },
  });
  const stop = async () => {
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { broker, certificates, stop };
}

function saslProperties(modulesByMechanism: Readonly<Record<string, string>>): Record<string, string> {
  const enabled = Object.keys(modulesByMechanism).map((mechanism) => mechanism.toUpperCase());
  const perListener = ['sasl', 'sasltls'].flatMap((listener) =>
    Object.entries(modulesByMechanism).map(([mechanism, module]) => [
      `listener.name.${listener}.${mechanism}.sasl.jaas.config`,
      module,
    ]),
  );
  return {
    'sasl.enabled.mechanisms': enabled.join(','),
    'sasl.kerberos.service.name': 'kafka',
    ...Object.fromEntries(perListener),
  };
}

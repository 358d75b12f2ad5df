/**
 * The properties by which a Druid is found and logged in to, under the names that Druid's own processes have for them: so its
 * `common.runtime.properties` can be given as it is. https://druid.apache.org/docs/latest/configuration/
 */
import { z } from 'zod';
import { nearestWord } from '../errors.ts';
import { lenientBoolean, lenientNumber, oneOf } from './lenient.ts';
import { interpolated } from './property-interpolation.ts';
import { passwordText } from './property-password.ts';

const text = interpolated.transform((value) => (value === '' ? undefined : value));
/** For schemas that read other things than texts. */
const value = text.transform((given): unknown => given);
const secret = text.pipe(passwordText.optional());
const flag = value.pipe(lenientBoolean);
const storeType = value.pipe(oneOf(['PEM', 'PKCS12', 'JKS']).optional());
const folder = interpolated.pipe(
  z
    .string()
    .regex(/^(?:\/[^/]+)+\/?$/, 'expected a path in ZooKeeper such as /druid')
    .transform((path) => path.replace(/\/$/, '')),
);

export const druidPropertiesSchema = z.looseObject({
  'druid.escalator.type': value
    .pipe(oneOf(['noop', 'basic', 'kerberos']).optional())
    .optional()
    .describe('`basic`, `kerberos` or `noop`; without it what the properties below are of'),
  'druid.escalator.internalClientUsername': text.optional().describe('user of a login by user and password'),
  'druid.escalator.internalClientPassword': secret.optional().describe('its password'),
  'druid.escalator.internalClientPrincipal': text
    .optional()
    .describe('principal of a login by Kerberos, such as `millrace@EXAMPLE.COM`'),
  'druid.escalator.internalClientKeytab': text
    .optional()
    .describe(
      "its keytab; without it the tickets of `kinit` are used, from the environment's `KRB5CCNAME` or the default cache",
    ),
  'java.security.auth.login.config': text
    .optional()
    .describe(
      'a JAAS file that has the login instead, in its section `com.sun.security.jgss.krb5.initiate` (or `com.sun.security.jgss.initiate`), as a JVM would be told of it by `-D`; without it the one of `KAFKA_OPTS`, if that has such a section',
    ),

  'druid.enableTlsPort': flag
    .prefault('false')
    .describe('whether to take TLS where ZooKeeper says that a process speaks both'),
  'druid.client.https.protocol': text
    .pipe(z.enum(['TLS', 'TLSv1.2', 'TLSv1.3']).default('TLS'))
    .prefault('')
    .describe('`TLSv1.2`, `TLSv1.3`, or `TLS` (default): what both ends have'),
  'druid.client.https.trustStorePath': text
    .optional()
    .describe("certificates of the authorities that may have signed Druid's; without it those that Node trusts"),
  'druid.client.https.trustStoreType': storeType
    .optional()
    .describe('`PEM`, `PKCS12` or `JKS` (default); of the last two either is taken where the other is said'),
  'druid.client.https.trustStorePassword': secret.optional().describe('of a PKCS12 or JKS store'),
  'druid.client.https.keyStorePath': text.optional().describe('our own certificate and key, where Druid asks for one'),
  'druid.client.https.keyStoreType': storeType.optional().describe('as of the trust store'),
  'druid.client.https.keyStorePassword': secret.optional().describe('of a PKCS12 or JKS store'),
  'druid.client.https.keyManagerPassword': secret.optional().describe('of the key in it, or in a PEM file'),
  'druid.client.https.validateHostnames': flag
    .prefault('true')
    .describe('whether a certificate has to name the host that is asked'),

  'druid.zk.service.host': text.optional().describe('ZooKeepers, such as `zk1:2181,zk2:2181`, for `--druid from-file`'),
  'druid.zk.service.sessionTimeoutMs': value
    .pipe(lenientNumber.pipe(z.int().min(1_000).max(600_000)))
    .prefault('30000')
    .describe('of the session with ZooKeeper'),
  'druid.zk.service.user': text.optional().describe('where nodes of ZooKeeper are not for everybody'),
  'druid.zk.service.pwd': secret.optional().describe('its password'),
  'druid.zk.paths.base': folder.prefault('/druid').describe('where Druid has its nodes in ZooKeeper'),
  'druid.discovery.curator.path': folder.prefault('/druid/discovery').describe('where its processes are announced'),
  'druid.selectors.indexing.serviceName': interpolated.prefault('druid/overlord').describe('name of overlords there'),
  'druid.selectors.coordinator.serviceName': interpolated
    .prefault('druid/coordinator')
    .describe('name of coordinators there'),
  'druid.router.defaultBrokerServiceName': interpolated.prefault('druid/broker').describe('name of brokers there'),
});

export type DruidProperties = Readonly<z.infer<typeof druidPropertiesSchema>>;

export const druidPropertyNames: readonly string[] = Object.keys(druidPropertiesSchema.shape);

/** A property that has no meaning here, and the nearest that has one. */
export interface UnknownProperty {
  readonly name: string;
  readonly nearest: string | undefined;
}

export function unknownDruidProperties(given: object): readonly UnknownProperty[] {
  return Object.keys(given)
    .filter((name) => !druidPropertyNames.includes(name))
    .map((name) => ({ name, nearest: nearestWord(name, druidPropertyNames) }));
}

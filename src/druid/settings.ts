/** Where a Druid is and how to log in to it, out of what people say. */
import type { ConnectionOptions } from 'node:tls';
import { type ValidateOptions, validate } from '../catalog/validate.ts';
import { invalidInput } from '../errors.ts';
import { jaasFileProperty } from '../kafka/security/jaas.ts';
import type { Logger } from '../observe/log.ts';
import { type DruidProperties, druidPropertiesSchema, unknownDruidProperties } from '../spec/druid-properties.ts';
import { kerberosLogin } from './kerberos-login.ts';
import { basicLogin, type Login, noLogin, type User } from './login.ts';
import { givenPlaces, type Places } from './places.ts';
import { tlsOptions } from './tls.ts';
import { zooKeeperPlaces } from './zookeeper/places.ts';

export interface DruidSettings {
  /**
   * One URL or several with commas, of routers or of single services, where user and password may stand in; or
   * `zk://host:2181,host2:2181/chroot`, a ZooKeeper that is asked for them.
   */
  readonly at: string;
  /** How to log in, under Druid's own names: `druidPropertiesSchema`. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** Where a property stands, where that is known. */
  readonly place?: ValidateOptions['place'];
}

export interface DruidParts {
  readonly places: Places;
  readonly login: Login;
  readonly tls: ConnectionOptions;
}

/** @throws MillraceError `invalidInput` for a setting that cannot be, `environment` for a file that cannot be read. */
export function readSettings({ at, properties: given = {}, place }: DruidSettings, log: Logger): DruidParts {
  const properties = validate(druidPropertiesSchema, given, { what: "Druid's properties", place });
  for (const { name, nearest } of unknownDruidProperties(given))
    if (nearest) log.warn(`Druid's property '${name}' has no meaning here; did you mean '${nearest}'?`);
  const tls = tlsOptions(properties);
  const connect = /^zk:\/\/(.+)$/.exec(at)?.[1];
  if (connect !== undefined) {
    const login = loginOf(properties, undefined);
    return { places: zooKeeperPlaces(zooKeeperSettings(connect, properties), log), login, tls };
  }
  const urls = at.split(',').map((part) => parseUrl(part.trim()));
  const login = loginOf(properties, userIn(urls));
  return { places: givenPlaces(urls.map(withoutUser)), login, tls };
}

function loginOf(properties: DruidProperties, inUrl: User | undefined): Login {
  const name = properties['druid.escalator.internalClientUsername'];
  const password = properties['druid.escalator.internalClientPassword'];
  const principal = properties['druid.escalator.internalClientPrincipal'];
  const keytab = properties['druid.escalator.internalClientKeytab'];
  const jaasFile = properties[jaasFileProperty];
  const byKerberos = [principal, keytab, jaasFile].some((given) => given !== undefined);
  const byDefault = inUrl || name !== undefined ? 'basic' : byKerberos ? 'kerberos' : 'noop';
  switch (properties['druid.escalator.type'] ?? byDefault) {
    case 'kerberos':
      return kerberosLogin({ principal, keytab, jaasFile });
    case 'basic': {
      const user = inUrl ?? (name !== undefined && password !== undefined ? { name, password } : undefined);
      if (user) return basicLogin(user);
      throw invalidInput(
        'a login by user and password takes druid.escalator.internalClientUsername and druid.escalator.internalClientPassword; one of them is missing',
      );
    }
    case 'noop':
      return noLogin;
  }
}

function zooKeeperSettings(connect: string, properties: DruidProperties) {
  const user = properties['druid.zk.service.user'];
  const credentials = `${user}:${properties['druid.zk.service.pwd'] ?? ''}`;
  return {
    connect,
    sessionTimeoutMs: properties['druid.zk.service.sessionTimeoutMs'],
    ...(user !== undefined && { login: credentials }),
    base: properties['druid.zk.paths.base'],
    discoveryPath: properties['druid.discovery.curator.path'],
    serviceNames: {
      broker: properties['druid.router.defaultBrokerServiceName'],
      router: 'druid/router',
      overlord: properties['druid.selectors.indexing.serviceName'],
      coordinator: properties['druid.selectors.coordinator.serviceName'],
    },
    prefersTls: properties['druid.enableTlsPort'],
  };
}

/** User and password may be told by nobody: errors leave them out. */
function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  const shown = text.replace(/^(\w+:\/\/)?.*@/, '$1…@');
  throw invalidInput(
    `'${shown}' is no address of a Druid; expected one such as http://router:8888, or a ZooKeeper's such as zk://zk1:2181`,
  );
}

function userIn(urls: readonly URL[]): User | undefined {
  const users = new Map(urls.filter(({ username }) => username !== '').map((url) => [userinfo(url), url]));
  if (users.size > 1) throw invalidInput('the addresses of a Druid have different users; one of them is for all');
  const [url] = users.values();
  return url && { name: decoded(url.username), password: decoded(url.password) };
}

const userinfo = ({ username, password }: URL): string => `${username}:${password}`;

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalidInput("user and password of a Druid's address have to be percent-encoded; a plain % is %25");
  }
}

function withoutUser(url: URL): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
}

/** Where Tranquility's file says that Druid is, and how to log in to it, under Druid's own names. */
import type { TranquilityProperties } from './tranquility-properties.ts';

/** For `druidPropertiesSchema`. What the file leaves open is not there. */
export function druidPropertiesOf(properties: TranquilityProperties): Readonly<Record<string, string>> {
  const ofTls = {
    'druid.enableTlsPort': 'true',
    'druid.client.https.protocol': properties['druid.tls.protocol'],
    'druid.client.https.trustStorePath': properties['druid.tls.trustStorePath'],
    'druid.client.https.trustStorePassword': properties['druid.tls.trustStorePassword'],
    'druid.client.https.trustStoreType': properties['druid.tls.trustStoreType'],
  };
  const all = {
    'druid.zk.service.host': properties['zookeeper.connect'],
    'druid.zk.service.sessionTimeoutMs': String(properties['zookeeper.timeout']),
    'druid.discovery.curator.path': properties['druid.discovery.curator.path'],
    'druid.selectors.indexing.serviceName': properties['druid.selectors.indexing.serviceName'],
    'druid.escalator.internalClientUsername': properties['druidBeam.basicAuthUser'],
    'druid.escalator.internalClientPassword': properties['druidBeam.basicAuthPass'],
    ...(properties['druid.tls.enable'] && ofTls),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}

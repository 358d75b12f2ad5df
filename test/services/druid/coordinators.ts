/**
 * Two coordinators of a real Druid, overlords as well, of which one leads; with their ZooKeeper and a database that outlives both.
 * They listen in the clear and by TLS, the second one there for clients with a certificate only. Up in half a minute to a minute.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Certificates, makeCertificates, password } from '../kafka/certificates.ts';
import { jarsOf } from '../maven.ts';
import { freePort } from '../millrace.ts';
import { machine, propertiesOf, small } from './settings.ts';
import { until } from './until.ts';

const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const deadlineMs = 180_000;

export interface Coordinator {
  readonly http: string;
  readonly https: string;
  /** Whether it says so itself. */
  leads(): Promise<boolean>;
  /** As a crash would: kill -9. */
  kill(): Promise<void>;
}

export interface Coordinators {
  readonly first: Coordinator;
  readonly second: Coordinator;
  /** `host:port` */
  readonly zookeeper: string;
  readonly certificates: Certificates;
  stop(): Promise<void>;
}

/** Returns when one of them leads and the other one answers. */
export async function startCoordinators(): Promise<Coordinators> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-coordinators-'));
  mkdirSync(join(folder, 'tmp'));
  const certificates = makeCertificates(folder);
  const ports = {
    zookeeper: await freePort(),
    derby: await freePort(),
    historical: 0,
    broker: 0,
    middleManager: 0,
    router: 0,
  };
  const children: ChildProcess[] = [];
  const start = (name: string, heapMb: number, properties: Properties, ...main: readonly string[]) => {
    const log = openSync(join(folder, `${name}.log`), 'w');
    const settings = Object.entries(properties).map(([key, value]) => `-D${key}=${value}`);
    const classes = join(jarsOf('druid', pom), '*');
    const java = [`-Xmx${heapMb}m`, ...machine(small, folder), ...settings, '-cp', classes, ...main];
    const child = spawn('java', java, { cwd: folder, stdio: ['ignore', log, log] });
    children.push(child);
    return child;
  };
  const stop = async () => {
    await Promise.all(children.map(killed));
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  const keyStore = serverKeyStore(folder);
  const startOne = async (name: string, more: Properties): Promise<Coordinator> => {
    const [plain, tls] = [await freePort(), await freePort()];
    const properties = {
      ...propertiesOf('coordinator', { ...ports, coordinator: plain }, folder, small),
      'druid.host': 'localhost',
      'druid.zk.service.sessionTimeoutMs': 5_000,
      'druid.enableTlsPort': 'true',
      'druid.tlsPort': tls,
      'druid.server.https.keyStorePath': keyStore,
      'druid.server.https.keyStoreType': 'PKCS12',
      'druid.server.https.keyStorePassword': password,
      'druid.server.https.certAlias': 'druid',
      ...more,
    };
    const child = start(name, 256, properties, 'org.apache.druid.cli.Main', 'server', 'coordinator');
    const http = `http://localhost:${plain}`;
    await until(name, deadlineMs, async () => {
      if (child.exitCode !== null)
        throw new Error(`${name} ended; it wrote:\n${readFileSync(join(folder, `${name}.log`), 'utf8').slice(-5000)}`);
      return (await fetch(`${http}/status/health`)).ok;
    });
    return {
      http,
      https: `https://localhost:${tls}`,
      leads: async () => (await fetch(`${http}/druid/indexer/v1/isLeader`)).ok,
      kill: () => killed(child),
    };
  };
  try {
    writeFileSync(
      join(folder, 'zoo.cfg'),
      `tickTime=1000\ndataDir=${join(folder, 'zookeeper')}\nclientPort=${ports.zookeeper}\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n`,
    );
    start('zookeeper', 64, {}, 'org.apache.zookeeper.server.ZooKeeperServerMain', join(folder, 'zoo.cfg'));
    const derby = ['org.apache.derby.drda.NetworkServerControl', 'start', '-noSecurityManager'];
    start('derby', 64, {}, ...derby, '-h', '127.0.0.1', '-p', String(ports.derby));
    const trust = {
      'druid.server.https.requireClientCertificate': 'true',
      // They name no host of a client's.
      'druid.server.https.validateHostnames': 'false',
      'druid.server.https.trustStorePath': trustStore(folder, certificates.ca),
      'druid.server.https.trustStorePassword': password,
    };
    // One after the other: each makes the default rule where there is none, and the one that comes second to it ends.
    const first = await startOne('first', {});
    const second = await startOne('second', trust);
    await until('a leader', deadlineMs, async () => (await first.leads()) || (await second.leads()));
    return { first, second, zookeeper: `127.0.0.1:${ports.zookeeper}`, certificates, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Properties = Readonly<Record<string, string | number>>;

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function serverKeyStore(folder: string): string {
  const files = ['-in', 'broker.crt', '-inkey', 'broker.key', '-out', 'server.p12'];
  execFileSync('openssl', ['pkcs12', '-export', '-name', 'druid', '-passout', `pass:${password}`, ...files], {
    cwd: folder,
    stdio: 'pipe',
  });
  return join(folder, 'server.p12');
}

function trustStore(folder: string, ca: string): string {
  const store = join(folder, 'trust.jks');
  const options = ['-noprompt', '-alias', 'ca', '-file', ca, '-keystore', store, '-storepass', password];
  execFileSync('keytool', ['-importcert', ...options], { stdio: 'pipe' });
  return store;
}

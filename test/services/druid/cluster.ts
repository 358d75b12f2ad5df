/**
 * A real Druid on free loopback ports: ZooKeeper, coordinator with overlord, historical, broker and router, each a Java process of
 * its own, as small as they work. Healthy after about 45 s on two cores; some 2 GB of memory.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { jarsOf } from '../maven.ts';
import { freePort } from '../millrace.ts';

const roles = ['coordinator', 'historical', 'broker', 'router'] as const;
export type Role = (typeof roles)[number];

/** Megabytes of heap by process, and how much is worked on beside it. */
export interface ClusterSize {
  /** A router is there only where it has some. */
  readonly heapMb: Readonly<Record<Exclude<Role, 'router'> | 'peon', number>> & { readonly router?: number };
  readonly directMb: number;
  readonly bufferMb: number;
  readonly threads: number;
  readonly collector: 'Serial' | 'G1';
}

/** As small as they work. A groupBy clears a buffer for each bucket of time, so that these are small as well. */
const small: ClusterSize = {
  heapMb: { coordinator: 512, historical: 512, broker: 512, router: 128, peon: 512 },
  directMb: 256,
  bufferMb: 8,
  threads: 1,
  collector: 'Serial',
};

interface Ports extends Readonly<Record<Role, number>> {
  readonly zookeeper: number;
  readonly derby: number;
}

type LookupStatus = Readonly<Record<string, { readonly loaded: boolean } | undefined>>;

const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const startDeadlineMs = 180_000;
const taskDeadlineMs = 900_000;
const allOfTime = encodeURIComponent('1970-01-01/2100-01-01');

/** Java 17 keeps these closed; Druid's own start script opens them. */
const opened = [
  '--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED',
  '--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED',
  '--add-opens=java.base/java.nio=ALL-UNNAMED',
  '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
  '--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED',
  '--add-opens=java.base/java.io=ALL-UNNAMED',
  '--add-opens=java.base/java.lang=ALL-UNNAMED',
  '--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED',
];

export class DruidCluster {
  readonly #folder = mkdtempSync(join(tmpdir(), 'millrace-druid-'));
  readonly #ports: Ports;
  readonly #children = new Map<string, ChildProcess>();

  readonly #size: ClusterSize;

  private constructor(ports: Ports, size: ClusterSize) {
    this.#ports = ports;
    this.#size = size;
  }

  /** Starts all processes, and returns when all answer. */
  static async start(size: ClusterSize = small): Promise<DruidCluster> {
    const ports = {
      zookeeper: await freePort(),
      derby: await freePort(),
      coordinator: await freePort(),
      historical: await freePort(),
      broker: await freePort(),
      router: await freePort(),
    };
    const cluster = new DruidCluster(ports, size);
    try {
      await cluster.#start();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** Where queries go. */
  get broker(): string {
    return `http://127.0.0.1:${this.#ports.broker}`;
  }

  /** Where everything goes: it passes on what is not its own. */
  get router(): string {
    return `http://127.0.0.1:${this.#ports.router}`;
  }

  /** Which is the overlord, too. */
  get coordinator(): string {
    return `http://127.0.0.1:${this.#ports.coordinator}`;
  }

  /** `host:port`, as `zookeeper.connect` has it. */
  get zookeeper(): string {
    return `127.0.0.1:${this.#ports.zookeeper}`;
  }

  /** Of all its processes. */
  get pids(): readonly number[] {
    return [...this.#children.values()].map(({ pid }) => pid as number);
  }

  /**
   * Runs a batch ingestion spec to its end, and returns when its rows can be queried.
   * @throws Error with the task's log when it fails.
   */
  async ingest(task: { readonly spec: { readonly dataSchema: { readonly dataSource: string } } }): Promise<void> {
    const submitted = await this.#json('/druid/indexer/v1/task', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(task),
    });
    const id = String(submitted.task);
    const { dataSource } = task.spec.dataSchema;
    await this.#until(`task ${id}`, taskDeadlineMs, async () => {
      const { status } = (await this.#json(`/druid/indexer/v1/task/${id}/status`)) as { status: { status: string } };
      if (status.status === 'FAILED') {
        const log = await fetch(`${this.coordinator}/druid/indexer/v1/task/${id}/log`);
        throw new Error(`Druid's task ${id} failed:\n${(await log.text()).slice(-5000)}`);
      }
      return status.status === 'SUCCESS';
    });
    await this.#until(`segments of ${dataSource}`, taskDeadlineMs, () => this.#isServed(dataSource));
  }

  /** Registers lookups, and returns when queries may name them. */
  async register(lookups: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Promise<void> {
    const init = (body: unknown) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const path = '/druid/coordinator/v1/lookups';
    // Until something was posted there is no place for lookups.
    await this.#json(`${path}/config`, init({}));
    await this.#json(`${path}/config`, init(lookups));
    await this.#until('lookups', startDeadlineMs, async () => {
      const tiers = (await this.#json(`${path}/status`)) as Readonly<Record<string, LookupStatus | undefined>>;
      return Object.entries(lookups).every(([tier, ids]) => Object.keys(ids).every((id) => tiers[tier]?.[id]?.loaded));
    });
  }

  async stop(): Promise<void> {
    for (const child of [...this.#children.values()].reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const { zookeeper } = this.#ports;
    const settings = join(this.#folder, 'zoo.cfg');
    const data = join(this.#folder, 'zookeeper');
    mkdirSync(data);
    mkdirSync(join(this.#folder, 'tmp'));
    writeFileSync(
      settings,
      `tickTime=2000\ndataDir=${data}\nclientPort=${zookeeper}\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n`,
    );
    this.#spawn('zookeeper', 128, [], ['org.apache.zookeeper.server.ZooKeeperServerMain', settings]);
    const started = roles.filter((role) => this.#size.heapMb[role] !== undefined);
    for (const role of started) this.#spawnRole(role);
    for (const role of started) await this.#isUp(role);
  }

  /** As a crash would: kill -9. `restart` brings it back. */
  async kill(role: Role): Promise<void> {
    const child = this.#children.get(role);
    this.#children.delete(role);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Returns when it answers again, the coordinator when it leads again as the overlord. */
  async restart(role: Role): Promise<void> {
    this.#spawnRole(role);
    await this.#isUp(role);
  }

  #spawnRole(role: Role): void {
    const properties = Object.entries(this.#properties(role)).map(([key, value]) => `-D${key}=${value}`);
    this.#spawn(role, this.#size.heapMb[role] ?? 0, properties, ['org.apache.druid.cli.Main', 'server', role]);
  }

  async #isUp(role: Role): Promise<void> {
    const url = `http://127.0.0.1:${this.#ports[role]}`;
    await this.#until(`Druid's ${role}`, startDeadlineMs, async () => (await fetch(`${url}/status/health`)).ok);
    if (role === 'coordinator')
      await this.#until("Druid's overlord", startDeadlineMs, async () => {
        return (await fetch(`${url}/druid/indexer/v1/isLeader`)).ok;
      });
  }

  #spawn(name: string, heapMb: number, properties: readonly string[], main: readonly string[]): void {
    const log = openSync(this.#log(name), 'w');
    const java = [
      `-Xmx${heapMb}m`,
      ...machine(this.#size, this.#folder),
      ...properties,
      '-cp',
      join(jarsOf('druid', pom), '*'),
      ...main,
    ];
    this.#children.set(name, spawn('java', java, { cwd: this.#folder, stdio: ['ignore', log, log] }));
  }

  #properties(role: Role): Readonly<Record<string, string | number>> {
    const { zookeeper, derby } = this.#ports;
    return {
      'druid.host': '127.0.0.1',
      'druid.plaintextPort': this.#ports[role],
      'druid.service': `druid/${role}`,
      'druid.zk.service.host': `127.0.0.1:${zookeeper}`,
      'druid.metadata.storage.type': 'derby',
      'druid.metadata.storage.connector.connectURI': `jdbc:derby://127.0.0.1:${derby}/${join(this.#folder, 'derby')};create=true`,
      'druid.metadata.storage.connector.host': '127.0.0.1',
      'druid.metadata.storage.connector.port': derby,
      'druid.storage.type': 'local',
      'druid.storage.storageDirectory': join(this.#folder, 'deep-storage'),
      'druid.indexer.logs.directory': join(this.#folder, 'task-logs'),
      'druid.indexer.task.baseTaskDir': join(this.#folder, 'tasks'),
      'druid.lookup.enableLookupSyncOnStartup': 'false',
      'druid.processing.buffer.sizeBytes': `${this.#size.bufferMb}MiB`,
      'druid.processing.numThreads': this.#size.threads,
      'druid.processing.numMergeBuffers': 2,
      ...ofRole[role](this.#folder, this.#size),
    };
  }

  /** The coordinator answers with text, not JSON, until it has heard of the segments; by default it looks at two weeks. */
  async #isServed(dataSource: string): Promise<boolean> {
    const path = `/druid/coordinator/v1/datasources/${dataSource}/loadstatus?forceMetadataRefresh=true&simple=true&interval=${allOfTime}`;
    const text = await (await fetch(this.coordinator + path)).text();
    if (!text.startsWith('{') || Object.values(JSON.parse(text)).some((left) => left !== 0)) return false;
    const names = await (await fetch(`${this.broker}/druid/v2/datasources`)).json();
    return Array.isArray(names) && names.includes(dataSource);
  }

  async #json(path: string, init?: RequestInit): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(this.coordinator + path, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`Druid answered ${response.status} at ${path}: ${text}`);
    return JSON.parse(text);
  }

  /** A connection that is refused is a no; whatever else is thrown while all processes run ends the wait. */
  async #until(what: string, deadlineMs: number, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    const refused = (error: unknown) => {
      if (error instanceof TypeError) return false;
      throw error;
    };
    while (!(await holds().catch(refused))) {
      for (const [name, child] of this.#children) {
        if (child.exitCode === null && child.signalCode === null) continue;
        throw new Error(`Druid's ${name} ended; it wrote:\n${readFileSync(this.#log(name), 'utf8').slice(-5000)}`);
      }
      if (Date.now() > deadline) throw new Error(`${what}: not there after ${deadlineMs} ms`);
      await sleep(250);
    }
  }

  #log(name: string): string {
    return join(this.#folder, `${name}.log`);
  }
}

type Properties = Readonly<Record<string, string | number>>;

/** What every Java process is started with. */
const machine = ({ directMb, collector }: ClusterSize, folder: string): readonly string[] => [
  `-XX:MaxDirectMemorySize=${directMb}m`,
  `-XX:+Use${collector}GC`,
  '-Duser.timezone=UTC',
  '-Dfile.encoding=UTF-8',
  `-Djava.io.tmpdir=${join(folder, 'tmp')}`,
  ...opened,
];

const ofRole: Readonly<Record<Role, (folder: string, size: ClusterSize) => Properties>> = {
  coordinator: (folder, size) => ({
    'druid.coordinator.asOverlord.enabled': 'true',
    'druid.coordinator.asOverlord.overlordService': 'druid/overlord',
    'druid.coordinator.startDelay': 'PT1S',
    'druid.coordinator.period': 'PT1S',
    'druid.manager.segments.pollDuration': 'PT1S',
    'druid.manager.lookups.initialDelay': 100,
    'druid.manager.lookups.period': 1000,
    'druid.indexer.queue.startDelay': 'PT0S',
    'druid.indexer.runner.type': 'local',
    'druid.worker.capacity': 16,
    'druid.indexer.runner.javaOptsArray': JSON.stringify([`-Xmx${size.heapMb.peon}m`, ...machine(size, folder)]),
  }),
  historical: (folder) => ({
    'druid.segmentCache.locations': JSON.stringify([{ path: join(folder, 'segment-cache'), maxSize: '1g' }]),
    'druid.server.http.numThreads': 20,
  }),
  broker: () => ({
    'druid.sql.enable': 'true',
    'druid.sql.planner.metadataRefreshPeriod': 'PT1S',
    'druid.server.http.numThreads': 20,
  }),
  router: () => ({
    'druid.router.managementProxy.enabled': 'true',
    'druid.router.defaultBrokerServiceName': 'druid/broker',
    'druid.router.coordinatorServiceName': 'druid/coordinator',
    'druid.router.http.numConnections': 20,
    'druid.server.http.numThreads': 20,
  }),
};

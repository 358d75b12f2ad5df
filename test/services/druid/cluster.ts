/**
 * A real Druid on free loopback ports: ZooKeeper, coordinator with overlord, historical, broker, middleManager and router, each a Java
 * process of its own, as small as they work. Healthy after about 45 s on two cores; some 2 GB of memory.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jarsOf } from '../maven.ts';
import { freePort } from '../millrace.ts';
import { DruidClient } from './client.ts';
import { type ClusterSize, machine, type Ports, propertiesOf, type Role, roles, small } from './settings.ts';
import { until } from './until.ts';

const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const startDeadlineMs = 300_000;

export class DruidCluster {
  /** Asks it. */
  readonly client: DruidClient;
  readonly #folder = mkdtempSync(join(tmpdir(), 'millrace-druid-'));
  readonly #ports: Ports;
  readonly #children = new Map<string, ChildProcess>();
  readonly #size: ClusterSize;

  private constructor(ports: Ports, size: ClusterSize) {
    this.#ports = ports;
    this.#size = size;
    this.client = new DruidClient(this);
  }

  /** Starts all processes, and returns when all answer. */
  static async start(size: ClusterSize = small): Promise<DruidCluster> {
    const ports = {
      zookeeper: await freePort(),
      derby: await freePort(),
      coordinator: await freePort(),
      middleManager: await freePort(),
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

  async stop(): Promise<void> {
    for (const child of [...this.#children.values()].reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    // Without their overlord they would end by themselves, a moment later.
    for (const pid of this.#tasks()) kill(pid);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10 });
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

  /** Kill -9 of the process in which a task runs. */
  killTask(id: string): void {
    const pids = this.#tasks(id);
    if (pids.length !== 1) throw new Error(`task ${id} has ${pids.length} processes; expected one`);
    for (const pid of pids) kill(pid);
  }

  #spawnRole(role: Role): void {
    const properties = Object.entries(propertiesOf(role, this.#ports, this.#folder, this.#size)).map(
      ([key, value]) => `-D${key}=${value}`,
    );
    this.#spawn(role, this.#size.heapMb[role] ?? 0, properties, ['org.apache.druid.cli.Main', 'server', role]);
  }

  async #isUp(role: Role): Promise<void> {
    const url = `http://127.0.0.1:${this.#ports[role]}`;
    await this.#until(`Druid's ${role}`, async () => (await fetch(`${url}/status/health`)).ok);
    if (role === 'coordinator')
      await this.#until("Druid's overlord", async () => {
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

  /** Ends the wait when a process ended that nobody killed. */
  #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    return until(what, startDeadlineMs, async () => {
      for (const [name, child] of this.#children) {
        if (child.exitCode === null && child.signalCode === null) continue;
        throw new Error(`Druid's ${name} ended; it wrote:\n${readFileSync(this.#log(name), 'utf8').slice(-5000)}`);
      }
      return holds();
    });
  }

  /** The processes of the tasks whose ids hold the text. */
  #tasks(id = ''): readonly number[] {
    const folder = join(this.#folder, 'tasks');
    const isOne = (argument: string) => argument.startsWith(folder) && argument.includes(id);
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.filter((pid) => argumentsOf(pid).some(isOne)).map(Number);
  }

  #log(name: string): string {
    return join(this.#folder, `${name}.log`);
  }
}

/** Of a process, as Linux tells them; none when it has ended. */
function argumentsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Kill -9; it may have ended meanwhile. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

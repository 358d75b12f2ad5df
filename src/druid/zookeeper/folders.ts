/**
 * Folders of a ZooKeeper, kept as they were last seen: watches are followed, an expired session is followed by a new one, and
 * while ZooKeeper is away what was known stays.
 */
import type { Socket } from 'node:net';
import zookeeper, { type Client } from 'node-zookeeper-client';
import type { Logger } from '../../observe/log.ts';
import { isConnectionLoss, readFolder, type Seen } from './read-folder.ts';

export interface ZooKeeperSettings {
  /** `host:2181,host2:2181/chroot`, as `zookeeper.connect` and `druid.zk.service.host` have it. */
  readonly connect: string;
  readonly sessionTimeoutMs: number;
  /** `user:password`, where nodes are not for everybody. */
  readonly login?: string;
}

export class ZooKeeperFolders {
  readonly #settings: ZooKeeperSettings;
  readonly #log: Logger;
  readonly #seen: Map<string, Seen | undefined>;
  #client: Client | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  readonly #firstLook = Promise.withResolvers<void>();
  #looks = 0;

  /** Connects at once, and goes on trying for as long as nobody is there. */
  constructor(settings: ZooKeeperSettings, paths: readonly string[], log: Logger) {
    this.#settings = settings;
    this.#log = log;
    this.#seen = new Map(paths.map((path) => [path, undefined]));
    this.#connect();
  }

  /** What was last there; undefined before the first look. */
  seen(path: string): Seen | undefined {
    return this.#seen.get(path);
  }

  /** How often something was looked at: as long as it stays, all is as it was. */
  get looks(): number {
    return this.#looks;
  }

  /** Resolves once all folders were looked at. Never, while no ZooKeeper answers. */
  get firstLook(): Promise<void> {
    return this.#firstLook.promise;
  }

  close(): void {
    clearInterval(this.#heartbeat);
    const client = this.#client;
    this.#client = undefined;
    if (client) letGo(client);
  }

  #connect(): void {
    const { connect, sessionTimeoutMs, login } = this.#settings;
    const client = zookeeper.createClient(connect, { sessionTimeout: sessionTimeoutMs });
    if (login !== undefined) client.addAuthInfo('digest', Buffer.from(login));
    const folders = [...this.#seen.keys()].map((path): Folder => {
      const folder: Folder = { path, changed: () => void this.#look(client, folder) };
      return folder;
    });
    client.on('connected', () => void this.#lookAtAll(client, folders));
    client.on('disconnected', () => {
      if (this.#isCurrent(client))
        this.#log.warn({ zookeeper: connect }, 'ZooKeeper is away: what it last said stays in use');
    });
    client.on('expired', () => this.#replace(client));
    this.#client = client;
    this.#watchSilence(client);
    client.connect();
  }

  /** The package notices a connection that is closed, but not one on which nothing comes any more. */
  #watchSilence(client: Client): void {
    let isAnswered = true;
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => {
      if (client.getState() !== zookeeper.State.SYNC_CONNECTED) return;
      if (!isAnswered) return this.#replace(client);
      isAnswered = false;
      client.exists('/', () => {
        isAnswered = true;
      });
    }, this.#settings.sessionTimeoutMs).unref();
  }

  #replace(client: Client): void {
    if (!this.#isCurrent(client)) return;
    this.#connect();
    letGo(client);
  }

  #isCurrent(client: Client): boolean {
    return this.#client === client;
  }

  async #lookAtAll(client: Client, folders: readonly Folder[]): Promise<void> {
    const looks = await Promise.all(folders.map((folder) => this.#look(client, folder)));
    if (looks.every(Boolean)) this.#firstLook.resolve();
  }

  /** False when ZooKeeper has gone meanwhile: what was known stays, and a new connection looks again. */
  async #look(client: Client, { path, changed }: Folder): Promise<boolean> {
    try {
      const seen = await readFolder(client, path, changed);
      if (this.#isCurrent(client)) this.#note(path, seen);
      return true;
    } catch (error) {
      if (!isConnectionLoss(error)) this.#note(path, `cannot be read: ${String(error)}`);
      return !isConnectionLoss(error);
    }
  }

  #note(path: string, seen: Seen): void {
    this.#seen.set(path, seen);
    this.#looks++;
  }
}

interface Folder {
  readonly path: string;
  /** One and the same however often it connects: the package keeps each watcher only once. */
  readonly changed: () => void;
}

/** The package has no way to end a connection whose other end is silent. */
interface Inner {
  readonly connectionManager: { readonly socket?: Socket; readonly connectTimeoutHandler?: NodeJS.Timeout | null };
}

function letGo(client: Client & Partial<Inner>): void {
  client.close();
  client.connectionManager?.socket?.destroySoon();
  client.connectionManager?.connectTimeoutHandler?.unref();
}

/**
 * A Kerberos KDC (MIT's krb5kdc) of a realm of its own, on a free loopback port; nothing of the system's is touched. It
 * takes Debian's krb5-kdc, krb5-admin-server and krb5-user.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../millrace.ts';

const realm = 'EXAMPLE.COM';
const startDeadlineMs = 20_000;

export interface Principal {
  readonly name: string;
  readonly keytab: string;
}

export class Kdc {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'millrace-kdc-'));
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;

  private constructor(port: number) {
    this.port = port;
    const path = `${process.env.PATH}:/usr/sbin:/sbin`;
    this.#environment = {
      ...process.env,
      PATH: path,
      KRB5_CONFIG: this.config,
      KRB5_KDC_PROFILE: this.#file('kdc.conf'),
    };
    this.#write('krb5.conf', {
      libdefaults: {
        default_realm: realm,
        dns_lookup_kdc: false,
        dns_lookup_realm: false,
        dns_canonicalize_hostname: false,
        rdns: false,
        // Only by TCP.
        udp_preference_limit: 1,
      },
    });
    const kdc = `[realms]\n${realm} = {\n kdc = 127.0.0.1:${port}\n}\n`;
    writeFileSync(this.config, kdc, { flag: 'a' });
    this.#write('kdc.conf', { kdcdefaults: { kdc_listen: '""', kdc_tcp_listen: `127.0.0.1:${port}` } });
    const database = `[realms]\n${realm} = {\n database_name = ${this.#file('principal')}\n key_stash_file = ${this.#file('stash')}\n}\n`;
    writeFileSync(this.#file('kdc.conf'), database, { flag: 'a' });
  }

  static async start(): Promise<Kdc> {
    const kdc = new Kdc(await freePort());
    kdc.#run('kdb5_util', 'create', '-s', '-r', realm, '-P', 'master');
    await kdc.restart();
    return kdc;
  }

  /** The krb5.conf of its clients. */
  get config(): string {
    return this.#file('krb5.conf');
  }

  async restart(): Promise<void> {
    const child = spawn('krb5kdc', ['-n'], { env: this.#environment, stdio: 'ignore' });
    this.#child = child;
    const deadline = performance.now() + startDeadlineMs;
    while (!(await isListening(this.port))) {
      if (child.exitCode !== null || performance.now() > deadline) throw new Error('krb5kdc did not start');
      await sleep(20);
    }
  }

  /** Nobody answers at its port then. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /**
   * `alice` → alice@EXAMPLE.COM, with its key in a new keytab.
   * @param options of kadmin's `addprinc`.
   */
  addPrincipal(name: string, options: readonly string[] = []): Principal {
    const keytab = this.#file(`${name.replace('/', '.')}.keytab`);
    this.#run('kadmin.local', '-r', realm, 'addprinc', '-randkey', ...options, name);
    this.#run('kadmin.local', '-r', realm, 'ktadd', '-k', keytab, name);
    return { name: `${name}@${realm}`, keytab };
  }

  addService = (service: string, host: string): Principal => this.addPrincipal(`${service}/${host}`);

  /** Changes the principal's key; those in its keytabs are worth nothing then. */
  changeKey(principal: Principal): void {
    this.#run('kadmin.local', '-r', realm, 'change_password', '-randkey', principal.name);
  }

  /** A ticket cache, as `kinit` leaves it. */
  ticketCache(principal: Principal, lifetimeSeconds: number): string {
    const cache = this.#file(`tickets-${lifetimeSeconds}`);
    this.#run(
      'kinit',
      '-l',
      `${lifetimeSeconds}s`,
      '-c',
      `FILE:${cache}`,
      '-k',
      '-t',
      principal.keytab,
      principal.name,
    );
    return cache;
  }

  /** As `klist -s` sees it. */
  isValid(cache: string): boolean {
    return spawnSync('klist', ['-s', '-c', `FILE:${cache}`], { env: this.#environment }).status === 0;
  }

  /** The login module of whoever has the principal's keytab. */
  jaas(principal: Principal): string {
    const options = `useKeyTab=true storeKey=true keyTab="${principal.keytab}" principal="${principal.name}"`;
    return `com.sun.security.auth.module.Krb5LoginModule required ${options};`;
  }

  #file = (name: string) => join(this.#folder, name);

  #write(name: string, sections: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>): void {
    const lines = Object.entries(sections).flatMap(([section, settings]) => [
      `[${section}]`,
      ...Object.entries(settings).map(([key, value]) => ` ${key} = ${value}`),
    ]);
    writeFileSync(this.#file(name), `${lines.join('\n')}\n`);
  }

  #run(program: string, ...options: readonly string[]): void {
    execFileSync(program, options, { env: this.#environment, stdio: 'pipe' });
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = createConnection({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

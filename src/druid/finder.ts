/**
 * Which of the places to ask: brokers and routers in turn, of overlords and coordinators the one that leads. One that fails is left out for a
 * while, which doubles with each failure.
 */
import { hash } from 'node:crypto';
import { MillraceError } from '../errors.ts';
import type { Places, Sighting } from './places.ts';
import { type Ask, type Finding, probe } from './probe.ts';
import { isLed, type Servers, type Service } from './servers.ts';

const firstPauseMs = 500;
const longestPauseMs = 10_000;
const retryAfterSeconds = 5;

/** An address, as one of a service. */
interface Server {
  readonly url: URL;
  serves: 'yes' | 'perhaps' | 'no';
  /** What it was last seen to do instead; empty before it was asked. */
  saw: string;
  error: MillraceError | undefined;
  pauseMs: number;
  pausedUntilMs: number;
}

interface Known {
  readonly servers: Map<string, Server>;
  /** Who is said to lead, where that is none of the places. */
  leader: URL | undefined;
  /** Of those of which any serves. */
  turn: number;
  /** Requests that come meanwhile wait for it, too. */
  search: Promise<void> | undefined;
}

const nothingKnown = (): Known => ({ servers: new Map(), leader: undefined, turn: 0, search: undefined });

export class Finder implements Servers {
  readonly #places: Places;
  readonly #ask: Ask;
  readonly #known: Readonly<Record<Service, Known>> = {
    broker: nothingKnown(),
    overlord: nothingKnown(),
    coordinator: nothingKnown(),
    router: nothingKnown(),
  };

  constructor(places: Places, ask: Ask) {
    this.#places = places;
    this.#ask = ask;
  }

  async find(service: Service, affinity?: string): Promise<URL> {
    const found = await this.all(service);
    if (affinity !== undefined) return nearest(found, affinity);
    const turn = isLed(service) ? 0 : this.#known[service].turn++;
    return found[turn % found.length] as URL;
  }

  async all(service: Service): Promise<readonly URL[]> {
    const known = this.#known[service];
    const sighting = await this.#places.look(service);
    const before = candidates(known, sighting);
    if (serving(before).length === 0) await this.#search(service, sighting);
    else if (!isLed(service) && before.some(isDue)) void this.#search(service, sighting);
    const servers = candidates(known, sighting);
    const found = serving(servers);
    if (found.length === 0) throw notFound(service, sighting, servers);
    return found.map(({ url }) => url);
  }

  failed(service: Service, server: URL, saw: string): void {
    const known = this.#known[service].servers.get(server.href);
    if (known) leaveOut(known, saw);
  }

  doubted(service: Service, server: URL): void {
    const known = this.#known[service].servers.get(server.href);
    if (known) known.serves = 'no';
  }

  moved(service: Service, server: URL, leader: URL): void {
    this.failed(service, server, `says that ${leader.origin} leads`);
    this.#leads(service, leader);
  }

  close(): void {
    this.#places.close();
  }

  #leads(service: Service, leader: URL): void {
    const known = this.#known[service];
    known.leader = leader;
    const server = known.servers.get(leader.href);
    if (server) server.pausedUntilMs = 0;
  }

  /** One at a time. */
  #search(service: Service, sighting: Sighting): Promise<void> {
    const known = this.#known[service];
    known.search ??= this.#askAll(service, sighting).finally(() => {
      known.search = undefined;
    });
    return known.search;
  }

  async #askAll(service: Service, sighting: Sighting): Promise<void> {
    const known = this.#known[service];
    await this.#probe(service, candidates(known, sighting).filter(isDue));
    // One may have said who leads.
    if (serving(candidates(known, sighting)).length === 0 && known.leader)
      await this.#probe(service, candidates(known, sighting).filter(isDue));
  }

  async #probe(service: Service, servers: readonly Server[]): Promise<void> {
    await Promise.all(
      servers.map(async (server) => this.#note(service, server, await probe(service, server.url, this.#ask))),
    );
  }

  #note(service: Service, server: Server, finding: Finding): void {
    switch (finding.kind) {
      case 'serves':
        Object.assign(server, { serves: 'yes', pauseMs: 0 });
        break;
      case 'guarded':
        Object.assign(server, { serves: 'perhaps', pauseMs: 0 });
        break;
      case 'follows':
        leaveOut(server, `does not lead, and says that ${finding.leader?.origin ?? 'nobody'} does`);
        if (finding.leader) this.#leads(service, finding.leader);
        break;
      case 'other':
        leaveOut(server, finding.saw, finding.error);
    }
  }
}

/** Rendezvous hashing: when one comes or goes, only what is nearest to that one moves. */
function nearest(urls: readonly URL[], affinity: string): URL {
  const distance = ({ href }: URL) => hash('sha1', `${affinity} ${href}`);
  return urls.reduce((best, url) => (distance(url) < distance(best) ? url : best));
}

function leaveOut(server: Server, saw: string, error?: MillraceError): void {
  const pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, 2 * server.pauseMs));
  Object.assign(server, { serves: 'no', saw, error, pauseMs, pausedUntilMs: performance.now() + pauseMs });
}

const isDue = ({ serves, pausedUntilMs }: Server): boolean => serves === 'no' && pausedUntilMs <= performance.now();

function serving(servers: readonly Server[]): readonly Server[] {
  const sure = servers.filter(({ serves }) => serves === 'yes');
  return sure.length > 0 ? sure : servers.filter(({ serves }) => serves === 'perhaps');
}

/** All that may serve, in the order of the places. Those that are gone from there are forgotten. */
function candidates({ servers, leader }: Known, { urls }: Sighting): readonly Server[] {
  const isElsewhere = leader !== undefined && !urls.some(({ origin }) => origin === leader.origin);
  const all = isElsewhere ? [...urls, leader] : urls;
  const hrefs = new Set(all.map(({ href }) => href));
  for (const href of servers.keys()) if (!hrefs.has(href)) servers.delete(href);
  return all.map((url) => {
    const known = servers.get(url.href);
    if (known) return known;
    const server: Server = { url, serves: 'no', saw: '', error: undefined, pauseMs: 0, pausedUntilMs: 0 };
    servers.set(url.href, server);
    return server;
  });
}

function notFound(service: Service, { looked }: Sighting, servers: readonly Server[]): MillraceError {
  // Of a refused login nothing else is to be told.
  const refused = servers.find(({ error }) => error?.code === 'unauthorized')?.error;
  if (refused) return refused;
  const saw = [...servers.map((server) => `${server.url.origin}: ${server.saw}`), ...looked];
  return new MillraceError('unavailable', `no ${service} of Druid found: ${saw.join('; ')}`, {
    retryAfterSeconds,
    context: { looked: saw },
  });
}

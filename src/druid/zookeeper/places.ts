/** The processes of a Druid as they announce themselves in ZooKeeper. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../observe/log.ts';
import type { Places, Sighting } from '../places.ts';
import { isLed, type Service, services } from '../servers.ts';
import { inOrder, type Read, readAnnounced, readContender, readDiscovered } from './announcements.ts';
import { ZooKeeperFolders, type ZooKeeperSettings } from './folders.ts';
import { whatAnswers } from './hosts.ts';

export interface ZooKeeperPlacesSettings extends ZooKeeperSettings {
  /** `druid.zk.paths.base` */
  readonly base: string;
  /** `druid.discovery.curator.path` */
  readonly discoveryPath: string;
  /** The name under which each is announced at the discovery path: `druid.selectors.indexing.serviceName` for the overlord. */
  readonly serviceNames: Readonly<Record<Service, string>>;
  /** Where a process speaks both. */
  readonly prefersTls: boolean;
}

interface Source {
  readonly path: string;
  readonly read: Read;
}

/** With what `whatAnswers` takes it stays below the five seconds that a health check waits, which is to tell where was looked. */
const firstLookMs = 2_500;

export function zooKeeperPlaces(settings: ZooKeeperPlacesSettings, log: Logger): Places {
  const sources = new Map(services.map((service) => [service, sourcesOf(service, settings)]));
  const paths = [...sources.values()].flat().map(({ path }) => path);
  const folders = new ZooKeeperFolders(settings, paths, log);
  // Each request asks for it, and announcements are compressed.
  const remembered = new Map<Service, { readonly looks: number; readonly sighting: Sighting }>();
  const sight = (service: Service): Sighting => {
    const { looks } = folders;
    const last = remembered.get(service);
    if (last?.looks === looks) return last.sighting;
    const sighting = sightingOf(sources.get(service) ?? [], folders, settings);
    remembered.set(service, { looks, sighting });
    return sighting;
  };
  return {
    async look(service) {
      const sighting = sight(service);
      if (sighting.urls.length > 0) return sighting;
      if (await isLooking(folders)) return sight(service);
      return { urls: [], looked: (await whatAnswers(settings.connect)).map((answer) => `ZooKeeper at ${answer}`) };
    },
    close: () => folders.close(),
  };
}

/** False when ZooKeeper has not answered in time. */
async function isLooking({ firstLook }: ZooKeeperFolders): Promise<boolean> {
  const wait = new AbortController();
  const late = sleep(firstLookMs, false, { signal: wait.signal });
  const isThere = await Promise.race([firstLook.then(() => true), late]);
  wait.abort();
  return isThere;
}

/** The best first: who leads, and then what Tranquility and Druid's own processes go by. */
function sourcesOf(
  service: Service,
  { base, discoveryPath, serviceNames }: ZooKeeperPlacesSettings,
): readonly Source[] {
  const role = service.toUpperCase();
  const contenders = { path: `${base}/${service}/_${role}`, read: readContender };
  return [
    ...(isLed(service) ? [contenders] : []),
    // A slash would begin another folder.
    { path: `${discoveryPath}/${serviceNames[service].replaceAll('/', ':')}`, read: readDiscovered },
    { path: `${base}/internal-discovery/${role}`, read: readAnnounced },
  ];
}

function sightingOf(
  sources: readonly Source[],
  folders: ZooKeeperFolders,
  { connect, prefersTls }: ZooKeeperPlacesSettings,
): Sighting {
  const where = `ZooKeeper at ${connect}`;
  const addresses = new Set<string>();
  const looked = sources.map(({ path, read }) => {
    const seen = folders.seen(path);
    if (seen === undefined || typeof seen === 'string') return `${where}: ${path} ${seen ?? 'was not read yet'}`;
    if (seen.size === 0) return `${where}: ${path} is empty`;
    const found = [...inOrder(seen)].map(([name, node]) => [name, read(node, prefersTls)] as const);
    for (const [, address] of found) if (address !== undefined) addresses.add(address);
    return `${where}: ${path} holds ${found.map(([name, address]) => address ?? `${name}, which names no address`).join(', ')}`;
  });
  return { urls: [...addresses].map((address) => new URL(address)), looked };
}

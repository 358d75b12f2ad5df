/** Where the processes of a Druid can be: at addresses that were given, or where ZooKeeper says. */
import type { Service } from './servers.ts';

export interface Sighting {
  /** Such as `http://overlord:8090`, those that are more likely in front. Whether they serve is not known. */
  readonly urls: readonly URL[];
  /** Where was looked beside at the addresses, and what was there. */
  readonly looked: readonly string[];
}

export interface Places {
  look(service: Service): Promise<Sighting>;
  close(): void;
}

/** Each may be of any service: a router is of all. */
export function givenPlaces(urls: readonly URL[]): Places {
  return { look: async () => ({ urls, looked: [] }), close() {} };
}

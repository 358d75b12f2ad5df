/** Where Druid's services are. */
import { invalidInput } from '../errors.ts';

/** A router answers for all three. */
export type Service = 'broker' | 'overlord' | 'coordinator';

export interface Servers {
  /**
   * Where to ask a service now, the best address first; a path in it stands before each request's own.
   * Rejects with a MillraceError `unavailable` that says where it looked and what it saw, when none is known.
   */
  addresses(service: Service): Promise<readonly URL[]>;
  close(): Promise<void>;
}

/** Routers, one as good as the other. */
export function routers(urls: readonly URL[]): Servers {
  return { addresses: async () => urls, close: async () => {} };
}

/** @throws MillraceError `invalidInput` for what is no list of `http` or `https` URLs. */
export function parseUrls(text: string): URL[] {
  return text.split(',').map((part) => {
    const url = URL.parse(part.trim());
    if (url !== null && /^https?:$/.test(url.protocol)) return url;
    throw invalidInput(`'${part.trim()}' is no address of a Druid; expected one such as http://router:8888`);
  });
}

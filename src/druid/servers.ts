/** Where Druid's services are. */

/** A router answers for all of them, and only it has the console. https://druid.apache.org/docs/latest/design/architecture#druid-services */
export const services = ['broker', 'overlord', 'coordinator', 'router'] as const;
export type Service = (typeof services)[number];

/** Of these one leads, and only that one serves; of the others any does. */
export type LedService = 'overlord' | 'coordinator';
export const isLed = (service: Service): service is LedService => service === 'overlord' || service === 'coordinator';

export interface Servers {
  /**
   * Where to ask a service now; a path in it stands before each request's own. The same for the same affinity, as long as the same serve.
   * Rejects with a MillraceError `unavailable` that says where it looked and what it saw, when none is known.
   */
  find(service: Service, affinity?: string): Promise<URL>;
  /** All that serve now. Rejects as `find` does. */
  all(service: Service): Promise<readonly URL[]>;
  /** It does not answer: it is left out for a while. @param saw what it did instead, in words */
  failed(service: Service, server: URL, saw: string): void;
  /** It may serve no longer: it is asked before the next use. */
  doubted(service: Service, server: URL): void;
  /** It says that another one leads. */
  moved(service: Service, server: URL, leader: URL): void;
  close(): void;
}

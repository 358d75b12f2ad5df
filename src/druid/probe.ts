/** Whether a process at an address serves: asked with what needs no privileges of Druid's. */
import { MillraceError } from '../errors.ts';
import { failureReason } from './errors.ts';
import { isLed, type LedService, type Service } from './servers.ts';

export interface Answer {
  readonly status: number;
  /** Where it sends us instead. */
  readonly location: string | undefined;
  readonly text: string;
}

/** Rejects when there is no answer. Redirections are not followed. */
export type Ask = (server: URL, path: string) => Promise<Answer>;

export type Finding =
  | { readonly kind: 'serves' }
  /** One that would lead, but does not; `leader` is who does, where it tells. */
  | { readonly kind: 'follows'; readonly leader: URL | undefined }
  /** It does not say what it is to whom we are: whoever asks may have a login of his own. */
  | { readonly kind: 'guarded' }
  /** `saw` in words: what it answers, or why it does not. */
  | { readonly kind: 'other'; readonly saw: string; readonly error?: MillraceError };

const paths: Readonly<Record<Service, string>> = {
  // For whoever may log in: it lists what they may read, be it nothing.
  broker: '/druid/v2/datasources',
  // For everybody.
  overlord: '/druid/indexer/v1/isLeader',
  coordinator: '/druid/coordinator/v1/isLeader',
  router: '/druid/router/v1/brokers',
};

/** At which those that do not lead answer with a redirection to the one that does, before they ask who may. */
const redirected: Readonly<Record<LedService, string>> = {
  overlord: '/druid/indexer/v1/supervisor',
  coordinator: '/druid/coordinator/v1/datasources',
};

/** Never rejects. A router serves everything that those behind it do. */
export async function probe(service: Service, server: URL, ask: Ask): Promise<Finding> {
  try {
    const answer = await ask(server, paths[service]);
    const leads = isLed(service) ? leadership(answer) : isJson(answer);
    if (leads === true) return { kind: 'serves' };
    if (leads === false && isLed(service)) return { kind: 'follows', leader: await leaderAt(service, server, ask) };
    if (answer.status === 401 || answer.status === 403) return { kind: 'guarded' };
    return { kind: 'other', saw: inWords(service, answer) };
  } catch (error) {
    if (error instanceof MillraceError) return { kind: 'other', saw: error.message, error };
    return { kind: 'other', saw: failureReason(error, server) };
  }
}

const isJson = ({ status, text }: Answer): boolean => status === 200 && /^[[{]/.test(text);

/** Undefined when it is something else that answers. */
function leadership({ text }: Answer): boolean | undefined {
  const answer = /^\s*\{\s*"leader"\s*:\s*(true|false)\s*\}/.exec(text)?.[1];
  return answer === undefined ? undefined : answer === 'true';
}

async function leaderAt(service: LedService, server: URL, ask: Ask): Promise<URL | undefined> {
  const { location } = await ask(server, redirected[service]);
  return redirection(server, location);
}

/** To the root of another server; undefined when that is none, or would send in the clear what came by TLS. */
export function redirection(from: URL, location: string | undefined): URL | undefined {
  const target = location === undefined ? null : URL.parse(location);
  if (target === null || (from.protocol === 'https:' && target.protocol !== 'https:')) return undefined;
  return new URL(target.origin);
}

function inWords(service: Service, { status }: Answer): string {
  const path = paths[service];
  if (status !== 404) return `does not answer ${path} as a Druid does (${status})`;
  const ofRouter = isLed(service) ? ' (a router needs druid.router.managementProxy.enabled=true)' : '';
  return `has no ${path} (404): it is another process of Druid${ofRouter}, or none`;
}

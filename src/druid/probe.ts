/** Whether a process at an address serves: asked with what needs no privileges of Druid's. */
import { MillraceError } from '../errors.ts';
import { failureReason } from './errors.ts';
import type { Service } from './servers.ts';

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
};

/** At which those that do not lead answer with a redirection to the one that does, before they ask who may. */
const redirected = {
  overlord: '/druid/indexer/v1/supervisor',
  coordinator: '/druid/coordinator/v1/datasources',
} as const;

/** Never rejects. A router serves everything that those behind it do. */
export async function probe(service: Service, server: URL, ask: Ask): Promise<Finding> {
  try {
    const answer = await ask(server, paths[service]);
    const leads = service === 'broker' ? isList(answer) : leadership(answer);
    if (leads === true) return { kind: 'serves' };
    if (leads === false && service !== 'broker')
      return { kind: 'follows', leader: await leaderAt(service, server, ask) };
    if (answer.status === 401 || answer.status === 403) return { kind: 'guarded' };
    return { kind: 'other', saw: inWords(paths[service], answer) };
  } catch (error) {
    if (error instanceof MillraceError) return { kind: 'other', saw: error.message, error };
    return { kind: 'other', saw: failureReason(error) };
  }
}

const isList = ({ status, text }: Answer): boolean => status === 200 && text.startsWith('[');

/** Undefined when it is something else that answers. */
function leadership({ text }: Answer): boolean | undefined {
  const answer = /^\s*\{\s*"leader"\s*:\s*(true|false)\s*\}/.exec(text)?.[1];
  return answer === undefined ? undefined : answer === 'true';
}

async function leaderAt(service: keyof typeof redirected, server: URL, ask: Ask): Promise<URL | undefined> {
  const { location } = await ask(server, redirected[service]);
  return redirection(server, location);
}

/** To the root of another server; undefined when that is none, or would send in the clear what came by TLS. */
export function redirection(from: URL, location: string | undefined): URL | undefined {
  const target = location === undefined ? null : URL.parse(location);
  if (target === null || (from.protocol === 'https:' && target.protocol !== 'https:')) return undefined;
  return new URL(target.origin);
}

const inWords = (path: string, { status }: Answer): string =>
  status === 404
    ? `has no ${path} (404): it is another process of Druid, or none`
    : `does not answer ${path} as a Druid does (${status})`;

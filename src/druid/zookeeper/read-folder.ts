/** One look into a folder of a ZooKeeper, which leaves a watch behind. */
import zookeeper, { type Client } from 'node-zookeeper-client';

/** The nodes in it by name with what they hold, or why there are none. */
export type Seen = ReadonlyMap<string, Buffer> | string;

const { NO_NODE, CONNECTION_LOSS, SESSION_EXPIRED } = zookeeper.Exception;

/**
 * @param changed called once when nodes come or go, or the folder itself does
 * @throws what the package throws when ZooKeeper does not answer, or does not allow it.
 */
export async function readFolder(client: Client, path: string, changed: () => void): Promise<Seen> {
  const names = await childrenOf(client, path, changed);
  if (names === undefined) {
    // Made since: the watch of its coming would never be told.
    return (await exists(client, path, changed)) ? readFolder(client, path, changed) : 'is not there';
  }
  const entries = await Promise.all(
    names.map(async (name) => [name, await contentOf(client, `${path}/${name}`)] as const),
  );
  // One may be gone by now; the watch tells.
  return new Map(entries.filter((entry): entry is readonly [string, Buffer] => entry[1] !== undefined));
}

function childrenOf(client: Client, path: string, changed: () => void): Promise<readonly string[] | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly string[] | undefined>();
  client.getChildren(path, changed, (error, names) => {
    if (error === null) resolve(names);
    else if (isMissing(error)) resolve(undefined);
    else reject(error);
  });
  return promise;
}

function exists(client: Client, path: string, changed: () => void): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  client.exists(path, changed, (error, stat) => (error === null ? resolve(stat !== null) : reject(error)));
  return promise;
}

function contentOf(client: Client, path: string): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  client.getData(path, (error, data) => {
    if (error === null) resolve(data ?? Buffer.alloc(0));
    else if (isMissing(error)) resolve(undefined);
    else reject(error);
  });
  return promise;
}

const codeOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
const isMissing = (error: unknown): boolean => codeOf(error) === NO_NODE;

export const isConnectionLoss = (error: unknown): boolean =>
  codeOf(error) === CONNECTION_LOSS || codeOf(error) === SESSION_EXPIRED;

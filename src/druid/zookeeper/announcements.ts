/**
 * What a Druid writes into ZooKeeper about its processes, in three forms.
 * https://druid.apache.org/docs/latest/design/zookeeper
 */
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

/** Undefined for what is no announcement of this form. Of a process that speaks both, the one that is preferred. */
export type Read = (node: Buffer, prefersTls: boolean) => string | undefined;

const port = z.int();

/** Of Curator's service discovery, which Tranquility reads: `druid.discovery.curator.path`. Ports that are not there are -1. */
const discovered = z.object({ address: z.string().min(1), port: port.nullish(), sslPort: port.nullish() });

/** Of Druid's own, since 0.12: JSON, compressed by default. */
const announced = z.object({
  druidNode: z.object({
    host: z.string().min(1),
    plaintextPort: port.nullish(),
    tlsPort: port.nullish(),
    enablePlaintextPort: z.boolean().optional(),
    enableTlsPort: z.boolean().optional(),
  }),
});

export const readDiscovered: Read = (node, prefersTls) => {
  const { data } = discovered.safeParse(jsonOf(node));
  return data && addressOf({ host: data.address, plain: data.port, tls: data.sslPort, prefersTls });
};

export const readAnnounced: Read = (node, prefersTls) => {
  const { data } = announced.safeParse(jsonOf(node));
  if (!data) return undefined;
  const { host, plaintextPort, tlsPort, enablePlaintextPort = true, enableTlsPort = false } = data.druidNode;
  const plain = enablePlaintextPort ? plaintextPort : undefined;
  return addressOf({ host, plain, tls: enableTlsPort ? tlsPort : undefined, prefersTls });
};

/** Of who would lead: its address is all that the node holds. */
export const readContender: Read = (node) => {
  const text = node.toString();
  return /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text).origin : undefined;
};

/** Contenders in the order in which they lead: the one with the lowest number does. `…-latch-0000000007` */
export function inOrder(nodes: ReadonlyMap<string, Buffer>): ReadonlyMap<string, Buffer> {
  const number = (name: string) => Number(/\d+$/.exec(name)?.[0] ?? Number.POSITIVE_INFINITY);
  return new Map([...nodes].sort(([a], [b]) => number(a) - number(b)));
}

interface Ports {
  readonly host: string;
  readonly plain: number | null | undefined;
  readonly tls: number | null | undefined;
  readonly prefersTls: boolean;
}

function addressOf({ host, plain, tls, prefersTls }: Ports): string | undefined {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const byTls = tls && tls > 0 ? `https://${name}:${tls}` : undefined;
  const byPlain = plain && plain > 0 ? `http://${name}:${plain}` : undefined;
  return prefersTls ? (byTls ?? byPlain) : (byPlain ?? byTls);
}

const isCompressed = (node: Buffer): boolean => node[0] === 0x1f && node[1] === 0x8b;

const mostBytes = 2 ** 20;

function jsonOf(node: Buffer): unknown {
  try {
    return JSON.parse((isCompressed(node) ? gunzipSync(node, { maxOutputLength: mostBytes }) : node).toString());
  } catch {
    return undefined;
  }
}

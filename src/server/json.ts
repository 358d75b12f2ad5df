/** Requests that bring JSON, and flags in their queries. */
import type { FastifyRequest } from 'fastify';
import { MillraceError } from '../errors.ts';
import { type Loaded, loadJson } from '../spec/load.ts';
import { mediaType, readText } from './body.ts';

export async function readJson(request: FastifyRequest): Promise<Loaded> {
  const type = mediaType(request);
  if (type === 'application/json') return loadJson(await readText(request));
  throw new MillraceError(
    'unsupportedMediaType',
    `send application/json, not ${type ?? 'a body without a Content-Type'}`,
  );
}

/** `?full`, `?full=true`; not `?full=false`. */
export function isSet(request: FastifyRequest, name: string): boolean {
  const value = (request.query as Readonly<Record<string, string | undefined>>)[name];
  return value !== undefined && value.toLowerCase() !== 'false';
}

/** Text → value, remembering where everything stands, so that a mistake can be told with its line and column. */
import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import { formatPath, type JsonPath } from '../catalog/validate.ts';
import { formatPlace, invalidInput, type Place } from '../errors.ts';
import { jsonMistakes } from './json-mistakes.ts';

export interface Loaded {
  readonly value: unknown;
  /** Where the value at a path stands, or its key; for what is not there, where its nearest parent stands. */
  placeOf(path: JsonPath, of?: 'value' | 'key'): Place;
}

/** Deeper values would exhaust the stack of what reads them. */
const maxDepth = 200;

/** Strict JSON. Throws `invalidInput` with the line and column of the first mistake; more of them follow in the message. */
export function loadJson(source: string, file?: string): Loaded {
  // Windows' editors put a byte order mark before the text.
  const text = source.startsWith('\ufeff') ? source.slice(1) : source;
  checkDepth(text, file);
  return { value: parseJson(text, file), placeOf: jsonPlaces(text, file) };
}

function parseJson(text: string, file: string | undefined): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const placeAt = placesOf(text, file);
    const [first, ...others] = jsonMistakes(text);
    // What only the real parser finds wrong has no better place than the beginning.
    if (!first) throw invalidInput(`not valid JSON: ${(cause as Error).message}`, { place: placeAt(0), cause });
    const rest = others.map(({ offset, message }) => `; ${formatPlace(placeAt(offset))}: ${message}`);
    const mistakes = [first, ...others].map(({ offset, message }) => ({ place: placeAt(offset), message }));
    throw invalidInput(`not valid JSON: ${first.message}${rest.join('')}`, {
      place: placeAt(first.offset),
      cause,
      context: { mistakes },
    });
  }
}

function jsonPlaces(text: string, file: string | undefined): Loaded['placeOf'] {
  let tree: Node | undefined;
  let placeAt: ReturnType<typeof placesOf> | undefined;
  return (path, of = 'value') => {
    tree ??= parseTree(text);
    placeAt ??= placesOf(text, file);
    let node: Node | undefined;
    for (let length = path.length; length >= 0 && tree && !node; length--) {
      node = findNodeAtLocation(tree, path.slice(0, length) as (string | number)[]);
      if (node && of === 'key' && length === path.length && node.parent?.type === 'property') node = node.parent;
    }
    return placeAt(node?.offset ?? 0, formatPath(path));
  };
}

/** Offset → place, by a table of where the lines begin. */
function placesOf(text: string, file: string | undefined): (offset: number, path?: string) => Place {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset, path) => {
    const after = starts.findIndex((start) => start > offset);
    const line = after < 0 ? starts.length : after;
    const column = offset - (starts[line - 1] as number) + 1;
    return { ...(file === undefined ? {} : { file }), line, column, ...(path === undefined ? {} : { path }) };
  };
}

/** Throws for what nests deeper than its readers can follow. */
export function checkDepth(text: string, file: string | undefined): void {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{}\]]/gs)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    if (depth > maxDepth)
      throw invalidInput(`nested more than ${maxDepth} deep`, { place: placesOf(text, file)(index) });
  }
}

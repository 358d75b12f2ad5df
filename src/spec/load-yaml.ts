/** YAML, and JSON as YAML takes it: Tranquility's files are read so, which is why a trailing comma in them is no mistake. */
import { isMap, isNode, LineCounter, type Node, parseDocument } from 'yaml';
import { formatPath, type JsonPath } from '../catalog/validate.ts';
import { formatPlace, invalidInput, type Place } from '../errors.ts';
import { checkDepth, type Loaded } from './load.ts';

/** Throws `invalidInput` with the line and column of the first mistake. */
export function loadYaml(text: string, file?: string): Loaded {
  checkDepth(text, file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: false, version: '1.2' });
  const placeAt = (offset: number, path?: string): Place => {
    const { line, col } = lines.linePos(offset);
    return { ...(file === undefined ? {} : { file }), line, column: col, ...(path === undefined ? {} : { path }) };
  };
  const [first, ...others] = document.errors;
  if (first) {
    const rest = others.slice(0, 5).map((error) => `; ${formatPlace(placeAt(error.pos[0]))}: ${error.message}`);
    throw invalidInput(`not valid JSON or YAML: ${first.message}${rest.join('')}`, { place: placeAt(first.pos[0]) });
  }
  const root = document.contents as Node | null;
  return {
    value: yamlValue(() => document.toJS({ maxAliasCount: 100 }), file),
    placeOf: (path, of = 'value') => placeAt(yamlOffset(root, path, of), formatPath(path)),
  };
}

function yamlOffset(root: Node | null, path: JsonPath, of: 'value' | 'key'): number {
  let node: Node | null = root;
  let offset = root?.range?.[0] ?? 0;
  for (const [index, part] of path.entries()) {
    const items: readonly unknown[] = node && 'items' in node ? node.items : [];
    const pair = isMap(node)
      ? node.items.find(({ key }) => String(isNode(key) ? key.toJSON() : key) === String(part))
      : undefined;
    const item = pair ? pair.value : typeof part === 'number' ? items[part] : undefined;
    if (!isNode(item)) return offset;
    const key = pair && isNode(pair.key) && of === 'key' && index === path.length - 1 ? pair.key : undefined;
    node = item;
    offset = (key ?? item).range?.[0] ?? offset;
  }
  return offset;
}

function yamlValue(read: () => unknown, file: string | undefined): unknown {
  try {
    return read();
  } catch (cause) {
    throw invalidInput(`not valid YAML: ${(cause as Error).message}`, { cause, ...(file ? { place: { file } } : {}) });
  }
}

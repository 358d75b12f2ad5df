/** Registered lookups over HTTP. Expected bodies are those of a real Druid 33's coordinator and broker. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { json, startServer } from './support.ts';

const map = (entries: object, version = 'v0') => ({ version, lookupExtractorFactory: { type: 'map', map: entries } });
const letters = { x: 'ex', '': 'nothing', z: null };

async function start(t: TestContext) {
  const { url } = await startServer(t);
  const ask = async (path: string, method = 'GET', body?: unknown) => {
    const sent = body === undefined ? {} : { headers: json, body: JSON.stringify(body) };
    const response = await fetch(url + path, { method, ...sent });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const api = (path: string, method?: string, body?: unknown) =>
    ask(`/druid/coordinator/v1/lookups${path}`, method, body);
  return { url, ask, api };
}

test('lookups are added, shown and removed', async (t) => {
  const { api } = await start(t);
  assert.deepEqual(await api('/config', 'POST', {}), { status: 202, body: {} });
  assert.deepEqual(await api('/config'), { status: 200, body: [] });
  const all = { __default: { letters: map(letters), numbers: map({ 1: 'one' }) }, other: { o: map({}) } };
  assert.deepEqual(await api('/config', 'POST', all), { status: 202, body: all });
  assert.deepEqual(await api('/config'), { status: 200, body: ['__default', 'other'] });
  assert.deepEqual(await api('/config/all'), { status: 200, body: all });
  assert.deepEqual(await api('/config/__default'), { status: 200, body: ['letters', 'numbers'] });
  assert.deepEqual(await api('/config/__default?detailed=true'), { status: 200, body: all.__default });
  assert.deepEqual(await api('/config/__default/letters'), { status: 200, body: map(letters) });
  assert.deepEqual(await api('/config/__default/more', 'POST', map({ a: 'b' })), { status: 202, body: undefined });
  assert.deepEqual(await api('/config/__default'), { status: 200, body: ['letters', 'numbers', 'more'] });
  assert.deepEqual(await api('/config/__default/more', 'DELETE'), { status: 202, body: undefined });
  assert.deepEqual(await api('/config/other', 'DELETE'), { status: 202, body: undefined });
  assert.deepEqual(await api('/config/all'), { status: 200, body: { __default: all.__default } });
});

test('what is not there is answered with 404', async (t) => {
  const { ask, api } = await start(t);
  await api('/config/__default/letters', 'POST', map(letters));
  for (const [path, error] of [
    ['/config/nix', 'Tier [nix] not found'],
    ['/config/__default/nix', 'lookup [nix] not found'],
    ['/status/__default/nix', 'lookup [nix] not found'],
    ['/nodeStatus/__default/nix:1', 'Node [nix:1] status is unknown.'],
  ] as const) {
    const { status, body } = await api(path);
    assert.deepEqual([status, body.error], [404, error], path);
  }
  for (const path of ['/config/nix', '/config/__default/nix'])
    assert.equal((await api(path, 'DELETE')).status, 404, path);
  assert.equal((await ask('/druid/v1/lookups/introspect/nix')).status, 404);
  assert.equal((await ask('/druid/listen/v1/lookups/nix')).status, 404);
});

test('a lookup takes the place of one of a lower version only, and of several all do or none', async (t) => {
  const { ask, api } = await start(t);
  await api('/config/__default/letters', 'POST', map({ a: '1' }, 'v1'));
  const refused = await api('/config/__default/letters', 'POST', map({ a: '2' }, 'v1'));
  assert.equal(refused.status, 409);
  assert.match(
    refused.body.error,
    /^given update for lookup \[__default\]:\[letters\] can't replace existing spec: its version 'v1'/,
  );
  const both = { __default: { fresh: map({}), letters: map({ a: '2' }, 'v0') } };
  assert.equal((await api('/config', 'POST', both)).status, 409);
  assert.deepEqual((await api('/config/__default')).body, ['letters']);
  assert.equal((await api('/config/__default/letters', 'POST', map({ b: '4' }, 'v2'))).status, 202);
  assert.equal((await api('/config/__default/letters', 'POST', map({ c: '5' }, 'v10'))).status, 409, 'as text');
  assert.deepEqual((await ask('/druid/v1/lookups/introspect/letters')).body, { b: '4' });
});

test('mistakes are told with their place, gaps with their name', async (t) => {
  const { api } = await start(t);
  const add = (lookup: unknown) => api('/config/__default/l', 'POST', lookup);
  const namespace = (extractionNamespace: object) => ({
    version: '1',
    lookupExtractorFactory: { type: 'cachedNamespace', extractionNamespace },
  });
  for (const [lookup, status, error] of [
    [{ lookupExtractorFactory: { type: 'map', map: {} } }, 400, /\$\.version: .*expected a version/],
    [{ version: '1' }, 400, /\$\.lookupExtractorFactory: .*expected an object/],
    [
      { version: '1', lookupExtractorFactory: {} },
      400,
      /\$\.lookupExtractorFactory\.type: .*one of map, cachedNamespace/,
    ],
    [{ version: '1', lookupExtractorFactory: { type: 'mop', map: {} } }, 400, /did you mean 'map'/],
    [map({ a: ['b'] }), 400, /\$\.lookupExtractorFactory\.map\.a/],
    [{ version: '1', lookupExtractorFactory: { type: 'kafka' } }, 501, /lookup type 'kafka' is not supported/],
    [namespace({ type: 'jdbc' }), 501, /extractionNamespace type 'jdbc' is not supported/],
    [
      namespace({ type: 'uri', uriPrefix: 'file:/data' }),
      501,
      /\.uriPrefix: .*the newest file of a folder is not supported/,
    ],
    [
      namespace({ type: 'uri', uri: 's3://b/f', namespaceParseSpec: { format: 'simpleJson' } }),
      501,
      /\.uri: .*from s3: is not supported/,
    ],
  ] as const) {
    const answer = await add(lookup);
    assert.equal(answer.status, status, JSON.stringify(lookup));
    assert.match(answer.body.error, error);
  }
  assert.deepEqual((await api('/config')).body, []);
});

test('loaded at once, here', async (t) => {
  const { url, ask, api } = await start(t);
  await api('/config/__default/letters', 'POST', map(letters));
  const node = url.replace('http://', '');
  const loaded = { current: { letters: map(letters) }, toLoad: {}, toDrop: [] };
  const pending = { loaded: true, pendingNodes: [] };
  assert.deepEqual((await api('/status')).body, { __default: { letters: { loaded: true } } });
  assert.deepEqual((await api('/status?detailed=true')).body, { __default: { letters: pending } });
  assert.deepEqual((await api('/status/__default')).body, { letters: { loaded: true } });
  assert.deepEqual((await api('/status/__default/letters?detailed=true')).body, pending);
  assert.deepEqual((await api('/nodeStatus')).body, { __default: { [node]: loaded } });
  assert.deepEqual((await api('/nodeStatus/__default')).body, { [node]: loaded });
  assert.deepEqual((await api('/nodeStatus/other')).body, {});
  assert.deepEqual((await api(`/nodeStatus/__default/${node}`)).body, loaded);
  assert.deepEqual((await ask('/druid/listen/v1/lookups')).body, loaded);
  assert.deepEqual((await ask('/druid/listen/v1/lookups/letters')).body, map(letters));
  assert.deepEqual((await ask('/druid/v1/lookups/introspect/letters')).body, letters);
  assert.deepEqual((await ask('/druid/v1/lookups/introspect/letters/keys')).body, ['x', '', 'z']);
  assert.deepEqual((await ask('/druid/v1/lookups/introspect/letters/values')).body, ['ex', 'nothing', null]);
});

test('a lookup longer than a piece of an answer is shown whole', async (t) => {
  const { ask, api } = await start(t);
  const entries = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key ${i}`, `the value of ${i}`]));
  await api('/config/__default/long', 'POST', map(entries));
  assert.deepEqual((await ask('/druid/v1/lookups/introspect/long')).body, entries);
});

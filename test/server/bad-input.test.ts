/** Whatever a client sends to a real process, it gets a clear answer, and the process goes on answering others. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  ask,
  event,
  millrace,
  push,
  requireAlive,
  requireRefusal,
  rowsOf,
  time,
  timeseries,
} from './sturdy-process.ts';
import { json, post } from './support.ts';

const body = (...lines: string[]) => lines.join('\n');

const badBodies: [what: string, body: string | Uint8Array, status: number, message: RegExp][] = [
  ['broken JSON at line 3', body(event, event, '{"time":', event), 400, /line 3/],
  ['a member without a value at line 2', body(event, `{"time":"${time}","n":}`), 400, /event 2/],
  ['an open string in an array', `[${event},\n{"time":"${time}`, 400, /line 2/],
  ['a number for an event', body(event, '17'), 400, /line 2/],
  ['a text for an event', '"hello"', 400, /line 1 column 1/],
  ['an array in an array', `[[${event}]]`, 400, /line 1 column 2/],
  [
    'bytes that are not UTF-8',
    Buffer.concat([Buffer.from(`${event}\n{"url":"`), Buffer.of(0xc3, 0x28)]),
    400,
    /line 2.*UTF-8/,
  ],
  [
    'events nested too deep',
    `[{"time":"${time}","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`,
    400,
    /nested deeper than 1000/,
  ],
  [
    'an event in a line nested too deep',
    body(event, `{"time":"${time}","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
    400,
    /line 2: .*nested deeper than 1000/,
  ],
  ['a body of open brackets', '['.repeat(1_000_000), 400, /line 1 column 2/],
  ['an event of 5 MB', `{"time":"${time}","url":"${'x'.repeat(5_000_000)}"}`, 413, /event 1 .*4194304 bytes/],
  ['nothing but NUL', Buffer.alloc(1000), 400, /line 1 column 1/],
];

for (const [what, sent, status, message] of badBodies) {
  test(`a body with ${what}: ${status}, and nothing of it is taken`, async () => {
    const rows = await rowsOf('pageviews');
    requireRefusal(await post(push, sent), [status], message);
    assert.equal(await rowsOf('pageviews'), rows);
    await requireAlive();
  });
}

test('a line of 100 MB is a 413, announced or not', async () => {
  const piece = Buffer.alloc(10_000_000, 'x');
  const line = Buffer.concat([Buffer.from('{"url":"'), ...Array<Buffer>(10).fill(piece), Buffer.from('"}')]);
  // The answer comes before all is sent, upon which the connection may be closed.
  const refused = (sent: Buffer | ReadableStream) =>
    fetch(push, { method: 'POST', headers: json, body: sent, duplex: 'half' }).then(
      (response) => assert.equal(response.status, 413),
      (error: Error) => assert.match(String(error.cause), /EPIPE|ECONNRESET|other side closed/),
    );
  await refused(line);
  await refused(new Blob([line]).stream());
  await requireAlive();
});

test('a body that is small only until it is unzipped is a 413', async () => {
  const bomb = gzipSync(Buffer.alloc(500_000_000, ' '));
  requireRefusal(await post(push, bomb, { ...json, 'content-encoding': 'gzip' }), [413], /larger than \d+ bytes/);
  requireRefusal(await post(ask, bomb, { ...json, 'content-encoding': 'gzip' }), [413], /larger than \d+ bytes/);
  const cut = gzipSync(event).subarray(0, 20);
  requireRefusal(await post(push, cut, { ...json, 'content-encoding': 'gzip' }), [400], /not gzip/);
  await requireAlive();
});

test('wrong types, missing times, absurd numbers and dates: kept, or counted as unparseable', async () => {
  const events: [event: string, kept: boolean][] = [
    [`{"time":"${time}","n":"text"}`, true],
    [`{"time":"${time}","n":{"deep":[1]},"url":[[1,[2]],{}]}`, true],
    [`{"time":"${time}","n":1e999,"url":null}`, true],
    [`{"time":"${time}","n":-123456789012345678901234567890123456789012345678901234567890}`, true],
    [`{"time":"${time}","n":${'9'.repeat(100_000)}}`, true],
    [`{"time":"${time}","url":"\\ud800"}`, true],
    [`{"time":"${time}","url":"a\\u0000b"}`, true],
    [`{"n":1}`, false],
    [`{"time":null}`, false],
    [`{"time":""}`, false],
    [`{"time":[]}`, false],
    [`{"time":true}`, false],
    [`{"time":"2026-13-45T99:99:99Z"}`, false],
    [`{"time":"999999999-01-01"}`, false],
    [`{"time":1e300}`, false],
    [`{"time":${'9'.repeat(400)}}`, false],
    ['{}', false],
  ];
  const at = `${millrace.url}/v1/post/absurd`;
  assert.equal((await post(at, `{"time":"${time}"}`)).status, 200);
  for (const [sent, kept] of events) {
    const { status, text } = await post(at, sent);
    // Text that no UTF-8 has may be refused, as long as that is said.
    if (status === 400) requireRefusal({ status, text, type: null }, [400], /Malformed JSON/);
    else {
      const result = kept ? { received: 1, sent: 1 } : { received: 1, sent: 0, dropped: { unparseable: 1 } };
      assert.deepEqual(JSON.parse(text), { result }, sent.slice(0, 100));
    }
  }
  await requireAlive();
});

const hostile = [
  `'; DROP TABLE "x"; --`,
  `"; DELETE FROM meta.segments; --`,
  `a' OR '1'='1`,
  `")) UNION SELECT 1; --`,
  `\\'; ATTACH 'x.db'; --`,
  `$$; SELECT 1; $$`,
  `x%_[*]?`,
  'ünï 😀',
];

test('names and values that hold quotes and SQL are names and values', async () => {
  for (const name of hostile) {
    const at = `${millrace.url}/v1/post/${encodeURIComponent(name)}`;
    assert.equal(
      (
        await post(
          at,
          JSON.stringify([
            { time, [name]: name },
            { time, [name]: 'other' },
          ]),
        )
      ).status,
      200,
    );
    const query = {
      queryType: 'groupBy',
      dataSource: name,
      intervals: '2026/2027',
      granularity: 'all',
      dimensions: [{ type: 'default', dimension: name, outputName: `out ${name}` }],
      filter: { type: 'selector', dimension: name, value: name },
      aggregations: [
        { type: 'count', name: `n ${name}` },
        { type: 'longMax', name: `max ${name}`, fieldName: name },
      ],
      postAggregations: [
        {
          type: 'arithmetic',
          name: `p ${name}`,
          fn: '+',
          fields: [
            { type: 'fieldAccess', fieldName: `n ${name}` },
            { type: 'constant', value: 1 },
          ],
        },
      ],
      limitSpec: { type: 'default', columns: [`out ${name}`], limit: 5 },
    };
    const { status, text } = await post(ask, JSON.stringify(query));
    assert.equal(status, 200, text);
    assert.deepEqual(JSON.parse(text)[0].event, {
      [`out ${name}`]: name,
      [`n ${name}`]: 1,
      [`max ${name}`]: null,
      [`p ${name}`]: 2,
    });
    const filters = [
      { type: 'like', dimension: name, pattern: name },
      { type: 'in', dimension: name, values: [name] },
      { type: 'search', dimension: name, query: { type: 'contains', value: name } },
      { type: 'bound', dimension: name, lower: name, upper: name },
    ];
    for (const filter of filters) {
      const reply = await post(ask, JSON.stringify(timeseries({ dataSource: name, filter })));
      assert.equal(reply.status, 200, reply.text);
    }
  }
  await requireAlive();
});

/** What comes back for bytes that are no good HTTP, until the server closes or for a moment. */
async function raw(bytes: string, end: boolean): Promise<string> {
  const { hostname, port } = new URL(millrace.url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.on('error', () => {});
  socket.write(bytes);
  if (end) socket.end();
  const closed = once(socket, 'close');
  await Promise.race([closed, once(socket, 'data')]);
  socket.destroy();
  return answer;
}

test('half a body, a wrong length, no HTTP at all: nothing is taken, and the process goes on', async () => {
  const rows = await rowsOf('pageviews');
  const head = (length: number | string) =>
    `POST /v1/post/pageviews HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
  await raw(`${head(event.length + 100)}${event}`, true);
  await raw(`${head(5_000_000)}${event}`, true);
  for (const length of ['-1', '1e9', 'many', '99999999999999999999'])
    assert.match(await raw(`${head(length)}${event}`, false), /^HTTP\/1\.1 4\d\d /);
  // Too short a length cuts the event; what follows it is no request.
  assert.match(await raw(`${head(10)}${event}`, false), /^HTTP\/1\.1 400 /);
  assert.match(await raw('\0\0\0\0\r\n\r\n', false), /^HTTP\/1\.1 400 /);
  assert.match(await raw(`GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`, false), /^HTTP\/1\.1 4\d\d /);
  await requireAlive();
  assert.equal(await rowsOf('pageviews'), rows);
});

test('many connections that never send do not keep others out', async () => {
  const { hostname, port } = new URL(millrace.url);
  const idle = Array.from({ length: 500 }, (_, i) => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    if (i % 2 === 0) socket.write('POST /v1/post/pageviews HTTP/1.1\r\nHost: x\r\n');
    return socket;
  });
  try {
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    await requireAlive();
    assert.equal((await post(`${millrace.url}/v1/post/others`, event)).status, 200);
  } finally {
    for (const socket of idle) socket.destroy();
  }
});

/**
 * Runs the tests: `node scripts/test.ts [FILE…] [--grep PATTERN] [--kafka]`, by default every test/**\/*.test.ts that needs
 * nothing but Node; with --kafka those that need a real Kafka, one file after the other.
 * The last line is the count, `N passed, N failed`. Exits 1 when a test failed, or when none ran.
 */
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { serveOnDemand } from '../test/services/on-demand.ts';

/** A test that hangs is a test that failed. */
const testTimeoutMs = 10 * 60_000;

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values, positionals } = parseArgs({
  options: { grep: { type: 'string' }, kafka: { type: 'boolean', default: false } },
  allowPositionals: true,
});
/** Tests with a real broker need Java and Maven, which a machine with Node alone does not have. */
const needsKafka = (file: string) => /services\/(kafka|on-demand)|\.\/fetching\.ts/.test(readFileSync(file, 'utf8'));
const all = globSync('test/**/*.test.ts').sort();
const files = positionals.length > 0 ? positionals : all.filter((file) => needsKafka(file) === values.kafka);

const services = await serveOnDemand();
const counts = { passed: 0, failed: 0 };
const events = run({
  files,
  concurrency: values.kafka ? 1 : availableParallelism(),
  timeout: testTimeoutMs,
  ...(values.grep === undefined ? {} : { testNamePatterns: values.grep }),
});
events.on('test:pass', ({ name, details, skip }) => {
  // A file without tests passes under its own name.
  if (details.type !== 'suite' && skip === undefined && !files.includes(name)) counts.passed++;
});
events.on('test:fail', ({ details }) => {
  // A suite whose tests failed has not failed once more.
  if (!('failureType' in details.error) || details.error.failureType !== 'subtestsFailed') counts.failed++;
});

const report = events.compose(new spec());
report.pipe(process.stdout, { end: false });
await finished(report);
await services.stop();
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);

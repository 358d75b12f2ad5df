/**
 * Runs the tests: `node scripts/test.ts [FILE…] [--grep PATTERN]`, by default every test/**\/*.test.ts: first those that need nothing
 * but Node, side by side, then those that need a server from elsewhere, one after the other. What the machine lacks for some of
 * them is said, and they are left out.
 * The last line is the count, `N passed, N failed`. Exits 1 when a test failed, or when none ran.
 */
import { accessSync, constants, globSync, readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { serveOnDemand } from '../test/services/on-demand.ts';

/** A test file that hangs is one that failed. */
const timeoutMs = 10 * 60_000;
/** The first one waits for Druid's start, and perhaps for its jars; each supervisor waits for a Java process. */
const timeoutWithDruidMs = 25 * 60_000;

interface Need {
  readonly what: string;
  /** In the text of a test file that has it. */
  readonly pattern: RegExp;
  readonly isMet: boolean;
}

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values, positionals } = parseArgs({ options: { grep: { type: 'string' } }, allowPositionals: true });
const kafka: Need = {
  what: 'a real Kafka, by Java 17, Maven and openssl',
  pattern: /services\/(kafka|on-demand)|\/(apart|fetching|watching)\.ts/,
  isMet: hasProgram('java') && hasProgram('mvn') && hasProgram('openssl'),
};
const druid: Need = {
  what: 'a real Druid, by Java 17 and Maven, and 8 GB of memory',
  pattern: /services\/druid|sharedDruid/,
  isMet: hasProgram('java') && hasProgram('mvn') && totalmem() > 7 * 2 ** 30,
};
const java: Need = {
  what: 'Java 17 and Maven',
  pattern: /services\/maven\.ts/,
  isMet: hasProgram('java') && hasProgram('mvn'),
};
const python: Need = {
  what: 'Python 3 with pip',
  pattern: /services\/python\.ts/,
  isMet: hasProgram('python3'),
};
const npm: Need = { what: 'npm', pattern: /services\/npm\.ts/, isMet: hasProgram('npm') };
const kerberos: Need = {
  what: 'a real KDC (krb5kdc) and the optional package kerberos',
  pattern: /services\/kafka\/kdc\.ts/,
  isMet: hasProgram('krb5kdc') && hasPackage('kerberos'),
};
const needs = [druid, kafka, java, python, npm, kerberos];
const files = positionals.length > 0 ? positionals : globSync('test/**/*.test.ts').sort();
const needsOf = new Map(files.map((file) => [file, needsIn(readFileSync(file, 'utf8'))]));
const withNodeAlone = files.filter((file) => needsOf.get(file)?.length === 0);
const withServers = files.filter((file) => needsOf.get(file)?.length && needsOf.get(file)?.every(({ isMet }) => isMet));
const hasDruid = (file: string) => needsOf.get(file)?.includes(druid) ?? false;

const services = await serveOnDemand();
const counts = { passed: 0, failed: 0 };
await runFiles(withNodeAlone, availableParallelism(), timeoutMs);
await runFiles(
  withServers.filter((file) => !hasDruid(file)),
  1,
  timeoutMs,
);
// Last, so that its processes are not beside the others' tests.
await runFiles(withServers.filter(hasDruid), 1, timeoutWithDruidMs);
await services.stop();
for (const need of needs) {
  const left = files.filter((file) => needsOf.get(file)?.includes(need));
  if (!need.isMet && left.length > 0) console.log(`NOT RUN, as they need ${need.what}: ${left.join(', ')}`);
}
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);

async function runFiles(files: string[], concurrency: number, timeout: number): Promise<void> {
  if (files.length === 0) return;
  const events = run({
    files,
    concurrency,
    timeout,
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
}

function needsIn(text: string): readonly Need[] {
  return needs.filter(({ pattern }) => pattern.test(text));
}

function hasProgram(name: string): boolean {
  // Where servers are, which is not on everyone's PATH.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => isThere(join(folder, name), constants.X_OK));
}

function hasPackage(name: string): boolean {
  return isThere(join('node_modules', name, 'package.json'), constants.R_OK);
}

function isThere(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

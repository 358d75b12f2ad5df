/** https://kafka.apache.org/documentation/#config_providers */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SettingsFile } from '../../../src/mirror/settings/index.ts';

const read = (...lines: string[]) => SettingsFile.parse(lines.join('\n'), 'mm2.properties').properties;
const provider = (name: string, className: string) =>
  `config.providers.${name}.class = org.apache.kafka.common.config.provider.${className}`;

test("values of Kafka's own providers are put in place", (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-providers-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'secrets.properties'), 'user=alice\npassword=p\\u0021\n');
  writeFileSync(join(folder, 'token'), 'from a file');
  process.env.MILLRACE_TEST_PROVIDED = 'from the environment';
  const lines = [
    'config.providers = file, dir, env',
    provider('file', 'FileConfigProvider'),
    provider('dir', 'DirectoryConfigProvider'),
    provider('env', 'EnvVarConfigProvider'),
  ];
  const properties = read(
    ...lines,
    `A.sasl.jaas.config = x username="\${file:${folder}/secrets.properties:user}" password="\${file:${folder}/secrets.properties:password}";`,
    `token = \${dir:${folder}:token}`,
    `env = \${env:MILLRACE_TEST_PROVIDED}, \${env::MILLRACE_TEST_PROVIDED}`,
    // As in Kafka, a reference to nobody is a text.
    `other = \${vault:x:y}`,
  );
  assert.deepEqual(properties, {
    'A.sasl.jaas.config': 'x username="alice" password="p!";',
    token: 'from a file',
    env: 'from the environment, from the environment',
    other: `\${vault:x:y}`,
  });
  const missing = (reference: string, message: RegExp) =>
    assert.throws(() => read(...lines, `a = ${reference}`), { code: 'invalidInput', message });
  missing(`\${file:${folder}/secrets.properties:nobody}`, /^mm2\.properties, line 5, a: .* is not there$/);
  missing(`\${file:${folder}/nothing:x}`, /line 5, a: .* cannot be read \(ENOENT\)$/);
  missing(`\${env:MILLRACE_TEST_MISSING}`, /line 5, a: \$\{env:MILLRACE_TEST_MISSING\} is not there$/);
});

test('without providers nothing is a reference; providers of others are refused', () => {
  assert.deepEqual(read(`a = \${env:HOME}`), { a: `\${env:HOME}` });
  const refused = { code: 'unsupported', message: /^mm2\.properties, line 2, .*'my\.Vault' is code of Java/ };
  assert.throws(() => read('config.providers = vault', 'config.providers.vault.class = my.Vault'), refused);
});

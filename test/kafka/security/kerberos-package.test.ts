import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { after, test } from 'node:test';
import { loadKerberos } from '../../../src/kafka/security/kerberos-package.ts';

// As on a machine where it could not be installed.
const hooks = registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === 'kerberos' ? 'kerberos-that-is-not-there' : specifier, context),
});
after(() => hooks.deregister());

test('without the optional package it is told how to install it', async () => {
  await assert.rejects(loadKerberos(), {
    name: 'MillraceError',
    code: 'environment',
    message: /'kerberos', which cannot be loaded \(Cannot find package .*npm install kerberos.*libkrb5-dev/,
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as z from 'zod';
import { bundledConstants } from '../../config/deployed.ts';
import { Environment } from '../../config/environment.ts';
import { Settings } from '../../config/settings.ts';
import { Provider } from '../../core/providers/provider.ts';
import { TenantLimits } from '../../core/tenants/tenant-limits.ts';
import { listFunctions } from '../../lib/list-functions.ts';
import { resourcesOf, synthesizeService } from './synthesize-service.ts';

const functionsDirectory = join(import.meta.dirname, '..', '..', 'functions');

/** Variables that an entry file asks for: its picks of Environment, and those of the token check. */
function askedBy(entry: string): string[] {
  const source = readFileSync(join(functionsDirectory, `${entry}.ts`), 'utf8');
  const picks = [...source.matchAll(/Environment\.pick\(\{([^}]*)\}/g)].map(([, names = '']) => names);
  const asked = picks.flatMap((names) =>
    [...names.matchAll(/([A-Z_]+): true/g)].map(([, name = '']) => name),
  );
  if (source.includes('createAuthenticate(')) asked.push('AUTH_PARAMETER', 'STATE_TABLE');
  return [...new Set(asked)].filter((name) => name !== 'LOCAL_HOST_STARTED_AT' && name !== 'SETTINGS').sort();
}

test('a function is given exactly the variables that it asks for', () => {
  const functions = listFunctions(synthesizeService().configuration);
  const given = functions.map(({ entry, environment }) => [entry, [...new Set(environment)].sort()]);
  assert.deepEqual(
    given,
    functions.map(({ entry }) => [entry, askedBy(entry)]),
  );
});

test('the variables of a function are those of the schema that it reads them by, and never the settings', () => {
  const { service } = synthesizeService();
  for (const [id, { Properties }] of resourcesOf(service, 'AWS::Lambda::Function'))
    for (const name of Object.keys(Properties.Environment.Variables))
      assert.ok(
        (name in Environment.shape && name !== 'SETTINGS') || name.startsWith('POWERTOOLS_'),
        `${id}: ${name}`,
      );
});

test('the settings of the bundle satisfy their schema as the JSON that they become', () => {
  const { deployed, settings } = synthesizeService().configuration;
  const constants = bundledConstants(deployed, settings);
  const read = JSON.parse(JSON.parse(constants.DEPLOYED_SETTINGS ?? ''));
  assert.deepEqual(JSON.parse(JSON.stringify(Settings.parse(read))), read);
  const { providers, ownTypes, routingWeights, tenants } = JSON.parse(JSON.parse(constants.DEPLOYED ?? ''));
  assert.deepEqual(z.array(Provider).parse(providers), deployed.providers);
  assert.deepEqual([ownTypes, routingWeights], [deployed.ownTypes, deployed.routingWeights]);
  assert.deepEqual(z.record(z.string(), TenantLimits).parse(tenants), deployed.tenants);
});

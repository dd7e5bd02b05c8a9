import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Environment } from '../../config/environment.ts';
import { Settings } from '../../config/settings.ts';
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
  if (source.includes('createAuthenticate(')) asked.push('SETTINGS', 'AUTH_PARAMETER');
  return [...new Set(asked)].filter((name) => name !== 'LOCAL_HOST_STARTED_AT').sort();
}

test('a function is given exactly the variables that it asks for', () => {
  const functions = listFunctions(synthesizeService().configuration);
  const given = functions.map(({ entry, environment }) => [entry, [...new Set(environment)].sort()]);
  assert.deepEqual(
    given,
    functions.map(({ entry }) => [entry, askedBy(entry)]),
  );
});

test('the variables of a function satisfy the schema that it reads them by', () => {
  const { service, configuration } = synthesizeService();
  // Members that are undefined are not in JSON.
  const settings = JSON.parse(JSON.stringify(configuration.settings));
  for (const [id, { Properties }] of resourcesOf(service, 'AWS::Lambda::Function')) {
    const { SETTINGS, ...variables } = Properties.Environment.Variables;
    if (SETTINGS) assert.deepEqual(Settings.parse(JSON.parse(SETTINGS)), settings, id);
    for (const name of Object.keys(variables))
      assert.ok(name in Environment.shape || name.startsWith('POWERTOOLS_'), `${id}: ${name}`);
  }
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readAssembly } from '../../../scripts/emulator/read-assembly.ts';

const directory = mkdtempSync(join(tmpdir(), 'llm-service-assembly-'));
after(() => rmSync(directory, { recursive: true }));

function write(path: string, content: unknown): void {
  writeFileSync(join(directory, path), JSON.stringify(content));
}

test('reads the stacks of stages, by the names they are deployed under', () => {
  mkdirSync(join(directory, 'assembly-llm-dev'));
  mkdirSync(join(directory, 'asset.123'));
  write('manifest.json', {
    version: '55.0.0',
    artifacts: { Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } } },
  });
  write('assembly-llm-dev/manifest.json', {
    version: '55.0.0',
    artifacts: {
      'Storage.assets': { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } },
      Storage: {
        type: 'aws:cloudformation:stack',
        displayName: 'llm-dev/Storage',
        properties: { stackName: 'llm-dev-Storage', templateFile: 'Storage.template.json' },
      },
    },
  });
  write('assembly-llm-dev/Storage.template.json', {
    Resources: { Bus: { Type: 'AWS::Events::EventBus' } },
  });
  assert.deepEqual(readAssembly(directory), [
    { name: 'llm-dev-Storage', resources: { Bus: { Type: 'AWS::Events::EventBus', Properties: {} } } },
  ]);
});

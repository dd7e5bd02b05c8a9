import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { configurationFiles, synthesize } from '../../../local/synthesize.ts';

const app = `import { writeFileSync } from 'node:fs';
writeFileSync(process.env.CDK_OUTDIR + '/context', process.env.CDK_CONTEXT_JSON ?? '');`;

describe('synthesize', () => {
  let root: string;
  let out: string;
  const build = async () => (await synthesize(root, out)).fresh;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'synthesize-'));
    out = join(root, 'out');
    mkdirSync(join(root, 'bin'));
    writeFileSync(join(root, 'cdk.json'), '{"context":{"flag":true}}');
    writeFileSync(join(root, 'bin', 'llm-service.ts'), app);
  });
  afterEach(() => {
    delete process.env.SYNTHESIZE_TEST_API_KEY;
    delete process.env.SYNTHESIZE_TEST_BASE_URL;
    delete process.env.LLM_AUTH_TOKEN;
  });

  it('runs the app for one machine, and not again while nothing changed', async () => {
    assert.equal(await build(), true);
    assert.deepEqual(JSON.parse(readFileSync(join(out, 'context'), 'utf8')), { flag: true, target: 'local' });
    assert.equal(await build(), false);
    writeFileSync(join(root, 'bin', 'llm-service.ts'), `${app}\n// changed`);
    assert.equal(await build(), true);
  });

  it('runs the app again when a key comes, not when its value changes', async () => {
    await build();
    process.env.SYNTHESIZE_TEST_API_KEY = 'first';
    assert.equal(await build(), true);
    process.env.SYNTHESIZE_TEST_API_KEY = 'second';
    assert.equal(await build(), false);
    process.env.SYNTHESIZE_TEST_BASE_URL = 'http://127.0.0.1:1/v1';
    assert.equal(await build(), true);
  });

  it('runs the app again when a blank token becomes one, since a blank one makes it open', async () => {
    process.env.LLM_AUTH_TOKEN = ' ';
    await build();
    process.env.LLM_AUTH_TOKEN = 'secret';
    assert.equal(await build(), true);
  });

  it('runs the app again when a file changes, comes or goes that the app says it looks at', async () => {
    const file = join(root, 'config.yaml');
    const noting = `${app}
writeFileSync(process.env.CDK_OUTDIR + '/configuration-files.json', ${JSON.stringify(JSON.stringify([file]))});`;
    writeFileSync(join(root, 'bin', 'llm-service.ts'), noting);
    assert.equal(await build(), true);
    assert.equal(await build(), false);
    assert.deepEqual(configurationFiles(out), [file]);
    writeFileSync(file, 'retention: 1d');
    assert.equal(await build(), true);
    assert.equal(await build(), false);
    writeFileSync(file, 'retention: 2d');
    assert.equal(await build(), true);
    rmSync(file);
    assert.equal(await build(), true);
    // One that does not build tells all the same what to watch.
    const other = join(root, 'other.yaml');
    writeFileSync(
      join(root, 'bin', 'llm-service.ts'),
      `${noting.replace('config.yaml', 'other.yaml')}\nthrow new Error('wrong');`,
    );
    await assert.rejects(build());
    assert.deepEqual(configurationFiles(out), [file, other]);
  });

  it('runs the app again when a key gets quotes, which the app refuses', async () => {
    process.env.SYNTHESIZE_TEST_API_KEY = 'first';
    await build();
    process.env.SYNTHESIZE_TEST_API_KEY = '"first"';
    assert.equal(await build(), true);
  });

  it('keeps the old assembly when the app fails, and says what the app said', async () => {
    await build();
    writeFileSync(join(root, 'bin', 'llm-service.ts'), "throw new Error('no such provider')");
    await assert.rejects(build(), /The CDK app failed:[\s\S]*no such provider/);
    assert.equal(existsSync(join(out, 'context')), true);
  });
});

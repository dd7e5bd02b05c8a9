import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { type Fixture, startFixture, synthesizeFixture, temporaryDirectory } from './start-fixture.ts';

interface Answer {
  status: number | undefined;
  text: string;
}

/** Asks for a secret as a program without an SDK would, which has found the port. */
function readSecret(endpoint: string, keyId: string | undefined, host?: string): Promise<Answer> {
  const credential = `AWS4-HMAC-SHA256 Credential=${keyId}/20261126/us-east-1/ssm/aws4_request, Signature=0`;
  const headers = {
    'x-amz-target': 'AmazonSSM.GetParameter',
    ...(keyId !== undefined && { authorization: credential }),
    ...(host !== undefined && { host }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(endpoint, { method: 'POST', headers, agent: false }, async (response) =>
      resolve({ status: response.statusCode, text: (await response.toArray()).join('') }),
    );
    sent.on('error', reject).end('{"Name":"/fixture/secret","WithDecryption":true}');
  });
}

function assertRefused({ status, text }: Answer, what?: string) {
  assert.equal(status, 403, what);
  assert.doesNotMatch(text, /very secret/);
}

describe('the AWS endpoint of the local host', () => {
  let assembly: string;
  let fixture: Fixture;
  const dataDir = temporaryDirectory();
  before(async () => {
    assembly = await synthesizeFixture();
    // What an earlier host left when it was killed.
    writeFileSync(`${dataDir}/aws-config`, 'old', { mode: 0o644 });
    fixture = await startFixture(assembly, { dataDir });
  });
  after(() => fixture.close());

  it('answers who has the key of this start, under a loopback name', async () => {
    const { awsEndpoint, awsCredentials } = fixture.host;
    const { port } = new URL(awsEndpoint);
    for (const host of [undefined, `localhost:${port}`]) {
      const { status, text } = await readSecret(awsEndpoint, awsCredentials.accessKeyId, host);
      assert.deepEqual([status, JSON.parse(text).Parameter.Value], [200, 'very secret']);
    }
    for (const host of [`evil.example:${port}`, '0.0.0.0'])
      assertRefused(await readSecret(awsEndpoint, awsCredentials.accessKeyId, host), host);
  });

  it('refuses every other key, and who has none', async () => {
    for (const key of ['LLMLOCALADMIN', 'LOCAL00000000000', 'AKIDEXAMPLE', 'undefined', '', undefined])
      assertRefused(await readSecret(fixture.host.awsEndpoint, key), key);
  });

  it('gives each function a key of its own, for its role alone', async () => {
    const { body } = await fixture.call('environment');
    const { accessKeyId, secretAccessKey } = fixture.host.awsCredentials;
    assert.notEqual(body.AWS_ACCESS_KEY_ID, accessKeyId);
    assert.match(body.AWS_ACCESS_KEY_ID, /^LOCAL[0-9A-F]{32}$/);
    assert.ok(body.AWS_SECRET_ACCESS_KEY.length > 30 && body.AWS_SECRET_ACCESS_KEY !== secretAccessKey);
    const denied = await fixture.call('parameter', '/other/secret');
    assert.equal(denied.body.name, 'AccessDeniedException');
  });

  it('writes its key where its owner alone can read it, and takes it away at the end', async (t) => {
    const first = fixture.host.awsCredentials;
    const file = fixture.host.awsConfigFile;
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const text = readFileSync(file, 'utf8');
    for (const value of [fixture.host.awsEndpoint, first.accessKeyId, first.secretAccessKey])
      assert.ok(text.includes(value));

    const other = await startFixture(assembly);
    t.after(() => other.close());
    assertRefused(await readSecret(other.host.awsEndpoint, first.accessKeyId));
    await other.close();
    assert.equal(existsSync(other.host.awsConfigFile), false);
  });
});

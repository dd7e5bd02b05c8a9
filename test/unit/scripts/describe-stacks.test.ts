import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import {
  describeStack,
  isBootstrapped,
  readAccount,
  readPhysicalIds,
} from '../../../scripts/emulator/describe-stacks.ts';

const resources = `<DescribeStackResourcesResponse><StackResources>
  <member>
    <LogicalResourceId>TaskTable</LogicalResourceId>
    <PhysicalResourceId>llm-dev-TaskTable-1</PhysicalResourceId>
  </member>
  <member><LogicalResourceId>Failed</LogicalResourceId></member>
  <member><PhysicalResourceId>abc123</PhysicalResourceId><LogicalResourceId>Api</LogicalResourceId></member>
</StackResources></DescribeStackResourcesResponse>`;

const answers: Record<string, [status: number, xml: string]> = {};
const asked: string[] = [];
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  asked.push(`${request.headers.authorization?.split('/')[3]} ${body}`);
  const [status, xml] = answers[new URLSearchParams(body).get('Action') ?? ''] ?? [500, 'no answer'];
  response.writeHead(status).end(xml);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => server.close());
const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const emulator = { endpoint, functionsEndpoint: endpoint, region: 'us-east-1' };

test('reads logical and physical ids, in any order, and passes over what has no physical id', () => {
  assert.deepEqual(
    [...readPhysicalIds(resources)],
    [
      ['TaskTable', 'llm-dev-TaskTable-1'],
      ['Api', 'abc123'],
    ],
  );
});

test('asks the service that the signature names', async () => {
  answers.DescribeStackResources = [200, resources];
  asked.length = 0;
  assert.equal((await describeStack(emulator, 'llm-dev-Storage')).get('Api'), 'abc123');
  assert.deepEqual(asked, [
    'cloudformation Action=DescribeStackResources&Version=2010-05-15&StackName=llm-dev-Storage',
  ]);
});

test("passes the emulator's own words on", async () => {
  answers.DescribeStackResources = [400, '<Message>no such stack</Message>'];
  await assert.rejects(describeStack(emulator, 'none'), /DescribeStackResources.*400.*no such stack/);
});

test('knows a bootstrapped emulator from a fresh one and from a failed bootstrap', async () => {
  const answer = (status: string): [number, string] => [200, `<StackStatus>${status}</StackStatus>`];
  answers.DescribeStacks = answer('UPDATE_COMPLETE');
  assert.equal(await isBootstrapped(emulator), true);
  answers.DescribeStacks = answer('ROLLBACK_COMPLETE');
  assert.equal(await isBootstrapped(emulator), false);
  answers.DescribeStacks = [400, '<Message>Stack with id CDKToolkit does not exist</Message>'];
  assert.equal(await isBootstrapped(emulator), false);
});

test('reads the account that resources are made in', async () => {
  answers.GetCallerIdentity = [
    200,
    '<GetCallerIdentityResult><Account>000000000000</Account></GetCallerIdentityResult>',
  ];
  assert.equal(await readAccount(emulator), '000000000000');
});

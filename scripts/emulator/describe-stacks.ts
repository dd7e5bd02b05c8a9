import { callQuery } from './emulator-client.ts';
import type { Emulator } from './read-emulator.ts';

const version = '2010-05-15';

/** Logical → physical ids of a stack's resources. */
export async function describeStack(emulator: Emulator, stackName: string): Promise<Map<string, string>> {
  return readPhysicalIds(
    await callQuery(emulator, 'cloudformation', 'DescribeStackResources', version, { StackName: stackName }),
  );
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html */
export function readPhysicalIds(xml: string): Map<string, string> {
  const ids = new Map<string, string>();
  for (const [member] of xml.matchAll(/<member>.*?<\/member>/gs)) {
    const logical = readElement(member, 'LogicalResourceId');
    const physical = readElement(member, 'PhysicalResourceId');
    if (logical !== undefined && physical !== undefined) ids.set(logical, physical);
  }
  return ids;
}

/** Whether the stack that `cdk bootstrap` makes is there. */
export async function isBootstrapped(emulator: Emulator): Promise<boolean> {
  try {
    const xml = await callQuery(emulator, 'cloudformation', 'DescribeStacks', version, {
      StackName: 'CDKToolkit',
    });
    return /^(CREATE|UPDATE)_COMPLETE$/.test(readElement(xml, 'StackStatus') ?? '');
  } catch {
    // CloudFormation answers a stack that it does not know by an error.
    return false;
  }
}

export async function readAccount(emulator: Emulator): Promise<string> {
  const xml = await callQuery(emulator, 'sts', 'GetCallerIdentity', '2011-06-15');
  const account = readElement(xml, 'Account');
  if (account === undefined) throw new Error('GetCallerIdentity answered no account');
  return account;
}

function readElement(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(xml)?.[1];
}

// Access keys of the AWS endpoint, new at each start. The id of one is secret too: it alone says who calls, so it is
// as hard to guess as a signature would be to forge.
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export function createAccessKey(): AccessKey {
  return {
    accessKeyId: `LOCAL${randomBytes(16).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
  };
}

/** Where tools find the endpoint and the administrator's key, as AWS_CONFIG_FILE. */
export const awsConfigFile = (dataDir: string) => join(dataDir, 'aws-config');

/** The profile in it, as AWS_PROFILE; not `default`, which ~/.aws/credentials may have and would win. */
export const awsProfile = 'local';

/**
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html. Only its owner may read the file.
 */
export function writeAwsConfig(dataDir: string, region: string, endpoint: string, key: AccessKey): void {
  const lines = [
    `[profile ${awsProfile}]`,
    `region = ${region}`,
    `endpoint_url = ${endpoint}`,
    `aws_access_key_id = ${key.accessKeyId}`,
    `aws_secret_access_key = ${key.secretAccessKey}`,
  ];
  removeAwsConfig(dataDir);
  // A file that is there would keep its mode, and a link would lead elsewhere: `wx` makes a new one or fails.
  writeFileSync(awsConfigFile(dataDir), `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
}

export function removeAwsConfig(dataDir: string): void {
  rmSync(awsConfigFile(dataDir), { force: true });
}

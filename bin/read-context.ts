import { ConfigurationError } from '../config/settings-variables.ts';
import { awsTarget, type DeploymentTarget, emulatorTarget, localTarget } from '../lib/deployment-target.ts';

export interface Context {
  stage: string;
  target: DeploymentTarget;
  reservedConcurrency: boolean;
  accountConcurrency: number | undefined;
  open: boolean;
}

/**
 * The context of `cdk --context name=value`: `stage` (default dev), `target` (aws, local or emulator),
 * `emulatorEndpoint`, `reservedConcurrency`, `accountConcurrency`, `open`, `apiGatewayLogRole`. Throws ConfigurationError.
 */
export function readContext(read: (name: string) => unknown): Context {
  const stage = String(read('stage') ?? 'dev');
  if (!/^[a-z][a-z0-9-]{0,15}$/.test(stage))
    throw new ConfigurationError([
      `--context stage=${stage} must be lower case letters, digits and dashes, at most 16, starting with a letter`,
    ]);
  return {
    stage,
    target: readTarget(read),
    reservedConcurrency: readFlag(read, 'reservedConcurrency', true),
    accountConcurrency: readCount(read, 'accountConcurrency'),
    open: readFlag(read, 'open', false),
  };
}

function readTarget(read: (name: string) => unknown): DeploymentTarget {
  const kind = read('target') ?? 'aws';
  if (kind === 'aws') return awsTarget(readFlag(read, 'apiGatewayLogRole', true));
  if (kind === 'local') return localTarget;
  if (kind === 'emulator') return emulatorTarget(String(read('emulatorEndpoint') ?? 'http://127.0.0.1:4566'));
  throw new ConfigurationError([`--context target=${String(kind)} must be aws, local or emulator`]);
}

function readFlag(read: (name: string) => unknown, name: string, otherwise: boolean): boolean {
  const value = read(name);
  if (value === undefined) return otherwise;
  // The command line passes strings, cdk.json booleans.
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new ConfigurationError([`--context ${name}=${String(value)} must be true or false`]);
}

function readCount(read: (name: string) => unknown, name: string): number | undefined {
  const value = read(name);
  if (value === undefined) return undefined;
  if (/^[1-9]\d{0,6}$/.test(String(value))) return Number(value);
  throw new ConfigurationError([`--context ${name}=${String(value)} must be a whole number of at least 1`]);
}

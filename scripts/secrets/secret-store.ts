import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createSsmParameters } from '../../adapters/ssm-parameters.ts';
import { present } from '../../config/settings-variables.ts';
import { loadEnvFile } from '../../local/env-file.ts';
import { reach, root, type Target } from '../command/target.ts';
import { setInEnvFile } from './env-file.ts';
import { type KnownSecret, parameterOf } from './known-secrets.ts';

/** Where a target has its secrets. */
export interface SecretStore {
  read(secret: KnownSecret): Promise<string | undefined>;
  /** Answers where it lies now, and from when on it counts. */
  write(secret: KnownSecret, value: string): Promise<string>;
  /** When each that is set changed, as far as that is known. */
  changes(secrets: readonly KnownSecret[]): Promise<Map<string, string>>;
}

export function openSecrets(target: Target, envFile = join(root, '.env')): SecretStore {
  return target.kind === 'local' ? openLocal(target, envFile) : openSsm(target);
}

const timeOf = (time: number) => `changed ${new Date(time).toISOString()}`;

function openSsm(target: Target): SecretStore {
  reach(target);
  const parameters = createSsmParameters();
  return {
    read: (secret) => parameters.read(parameterOf(secret, target.stage)),
    async write(secret, value) {
      await parameters.write(parameterOf(secret, target.stage), value);
      return `${secret.name} is in ${parameterOf(secret, target.stage)}; functions have it within five minutes`;
    },
    async changes(secrets) {
      const found = await parameters.changes(secrets.map((secret) => parameterOf(secret, target.stage)));
      return new Map(
        secrets.flatMap((secret) => {
          const time = found.get(parameterOf(secret, target.stage));
          return time === undefined ? [] : [[secret.name, timeOf(time)]];
        }),
      );
    },
  };
}

/** Variables of the shell count before those of `.env`, as at a start. */
function openLocal(target: Target, envFile: string): SecretStore {
  const values = () => {
    const variables: Record<string, string | undefined> = {};
    if (existsSync(envFile)) loadEnvFile(envFile, variables);
    return variables;
  };
  return {
    read: async ({ variable }) => present(process.env, variable) ?? present(values(), variable),
    async write(secret, value) {
      setInEnvFile(envFile, secret.variable, value);
      const place = `${secret.name} is in .env`;
      if (present(process.env, secret.variable) !== undefined)
        return `${place}, but ${secret.variable} of the shell counts before it`;
      return `${place}; ${await tellHost(target, secret, value)}`;
    },
    async changes(secrets) {
      const ofFile = values();
      return new Map(
        secrets.flatMap(({ name, variable }) => {
          if (present(process.env, variable) !== undefined) return [[name, 'in the shell']];
          if (present(ofFile, variable) === undefined) return [];
          return [[name, `in .env, ${timeOf(statSync(envFile).mtimeMs)}`]];
        }),
      );
    },
  };
}

/** The host that runs takes it at once, where it knew the secret when it started. */
async function tellHost(target: Target, secret: KnownSecret, value: string): Promise<string> {
  const later = 'it counts from the next start on';
  if (target.keyFile === undefined || !existsSync(target.keyFile)) return later;
  reach(target);
  try {
    await createSsmParameters({ maxAttempts: 1 }).write(parameterOf(secret, target.stage), value);
    return 'the host that runs has it within five minutes';
  } catch {
    return later;
  }
}

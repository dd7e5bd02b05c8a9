import { Logger } from '@aws-lambda-powertools/logger';
import { createDynamoClient, createDynamoTable } from '../adapters/dynamo-table.ts';
import { createDynamoTokens } from '../adapters/dynamo-tokens.ts';
import { createSsmSecrets } from '../adapters/ssm-secrets.ts';
import type { Environment } from '../config/environment.ts';
import { authTokenFault, authTokenWarning } from '../core/access/auth-token.ts';
import type { Caller } from '../core/access/caller.ts';
import { identifyCaller } from '../core/access/identify-caller.ts';
import type { Secret } from '../core/access/secrets.ts';
import { rememberTokens, trustMs } from '../core/access/tokens.ts';

/** Who sent an `Authorization` header; undefined: nobody who may. */
export type Identify = (header: string | undefined) => Promise<Caller | undefined>;

export interface IdentifyTrust {
  /** How long what was read of tokens, and of LLM_AUTH_TOKEN, is taken to be so still. Milliseconds. */
  tokensMs: number;
  authTokenMs: number;
}

export function createIdentify(
  environment: Pick<Environment, 'SETTINGS' | 'STATE_TABLE' | 'AUTH_PARAMETER'>,
  { tokensMs, authTokenMs }: IdentifyTrust = { tokensMs: trustMs, authTokenMs: trustMs },
): Identify {
  const table = createDynamoTable({ client: createDynamoClient(), tableName: environment.STATE_TABLE });
  const tokens = rememberTokens(createDynamoTokens({ table }), Date.now, tokensMs);
  const secrets = createSsmSecrets({ now: Date.now, keepMs: authTokenMs });
  const tell = createTellFaults(environment.AUTH_PARAMETER);
  const readAuthToken = async () => tell(await secrets.read(environment.AUTH_PARAMETER));
  const options = {
    tokens,
    readAuthToken: environment.SETTINGS.open ? undefined : readAuthToken,
    now: Date.now,
  };
  return (header) => identifyCaller(header, options);
}

/** Says once of each version what is wrong with it: else every caller is refused, and nobody knows why. */
function createTellFaults(parameter: string) {
  const logger = new Logger({ serviceName: 'llm-service' });
  let told = -1;
  return (secret: Secret | undefined) => {
    if (!secret || secret.version === told) return secret;
    told = secret.version;
    const fault = authTokenFault(secret.value);
    if (fault) logger.error(`The parameter ${parameter} ${fault}. No caller is let in by it`);
    const warning = authTokenWarning(secret.value);
    if (warning) logger.warn(`The parameter ${parameter} ${warning}`);
    return secret;
  };
}

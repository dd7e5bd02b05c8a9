import { randomBytes } from 'node:crypto';
import { createDynamoClient, createDynamoTable } from '../../../adapters/dynamo-table.ts';
import { findTableName } from '../../../adapters/dynamo-table-names.ts';
import { createDynamoTokenRegistry } from '../../../adapters/dynamo-tokens.ts';
import { type RunningService, startService } from '../../../bench/start-service.ts';
import type { Scope } from '../../../core/access/scope.ts';
import { makeToken, tokenBytes } from '../../../core/access/token.ts';
import { awsProfile } from '../../../local/access-keys.ts';
import { type Client, createClient } from '../../e2e/client.ts';

export interface Tenants {
  service: RunningService;
  /** A client of the API with a new token of the tenant. */
  enter(tenant: string, ...scopes: Scope[]): Promise<Client & { token: string }>;
}

/** A local host on which tenants have tokens; the administrator's key is in this process's environment. */
export async function startTenants(settings: Record<string, string>): Promise<Tenants> {
  const service = await startService({
    LLM_AUTH_TOKEN: 'token-of-the-operator-of-this-test',
    LLM_PROVIDERS: 'simulated',
    LLM_LOCAL_SCHEDULE_SECONDS: '1',
    ...settings,
  });
  Object.assign(process.env, { AWS_CONFIG_FILE: service.host.awsConfigFile, AWS_PROFILE: awsProfile });
  const dynamo = createDynamoClient();
  const tableName = await findTableName(dynamo, 'llm-dev-Storage-StateTable');
  const registry = createDynamoTokenRegistry({ table: createDynamoTable({ client: dynamo, tableName }) });
  return {
    service,
    async enter(tenant, ...scopes) {
      const { token, ...kept } = makeToken(tenant, randomBytes(tokenBytes));
      await registry.add({ ...kept, scopes, name: null, createdAt: Date.now(), endsAt: null });
      const { url, wsUrl } = service.host;
      const at = { baseUrl: url, wsUrl, streamUrl: url, webhookSecret: undefined, emulated: false };
      return { ...createClient({ ...at, token, stop: async () => {} }), token };
    },
  };
}

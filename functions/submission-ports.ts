import { createDynamoClient } from '../adapters/dynamo-table.ts';
import { createJsonSchemas } from '../adapters/json-schemas.ts';
import { openSubmissionPorts } from '../adapters/open-submission-ports.ts';
import { readDeployed } from '../config/deployed.ts';
import type { Environment } from '../config/environment.ts';
import { createSubmissionRules } from '../config/submission-rules.ts';

/** Variables of a function that accepts tasks. */
type SubmissionEnvironment = Pick<
  Environment,
  'SETTINGS' | 'TASK_TABLE' | 'STATE_TABLE' | 'PAYLOAD_BUCKET' | 'QUEUE_URL_PREFIX'
>;

/** What a function needs that accepts tasks for which nobody waits: the rules, and the ports that they go through. */
export function submissionPortsOf(environment: SubmissionEnvironment, client = createDynamoClient()) {
  const { SETTINGS: settings } = environment;
  const deployed = readDeployed();
  const ports = openSubmissionPorts(client, {
    taskTable: environment.TASK_TABLE,
    stateTable: environment.STATE_TABLE,
    payloadBucket: environment.PAYLOAD_BUCKET,
    queueUrlPrefix: environment.QUEUE_URL_PREFIX,
    providers: settings.providers.map(({ name }) => name),
    tenants: deployed.tenants,
    retentionMs: settings.retentionMs,
  });
  return { ...ports, rules: createSubmissionRules(settings, deployed, createJsonSchemas(), ports.limitsOf) };
}

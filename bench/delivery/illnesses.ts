import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../../local/requests/fault-injector.ts';
import type { RunningService } from '../start-service.ts';

/** Something that a channel of events suffers from. */
export interface Illness {
  name: string;
  /** Returns the function that ends it. */
  begin(service: RunningService): () => void;
}

/** Functions that send events. */
const senders = /publish-task-event|repeat-shares/;

/** Every try of every call fails, and nothing of it is done. */
function refusing(name: string, fault: Omit<Fault, 'kind'>): Illness {
  return {
    name,
    begin({ host }) {
      const injection = host.injectFaults([{ kind: 'fails', hitsRepeats: true, ...fault }]);
      return () => {
        if (injection.hits === 0) throw new Error(`${name}: no call was refused, so nothing was shown`);
        injection.remove();
      };
    },
  };
}

const isOf = (member: string, part: RegExp) => (call: { input?: Record<string, unknown> }) =>
  part.test(String(call.input?.[member]));

export const illnesses: Illness[] = [
  refusing('EventBridge refuses', { service: 'events' }),
  refusing('the webhook queue refuses', {
    service: 'sqs',
    caller: senders,
    when: isOf('QueueUrl', /-webhooks$/),
  }),
  // Of the functions that send events: without their limits and circuits workers would make no events to be lost.
  refusing('the state table refuses', {
    service: 'dynamodb',
    caller: senders,
    when: isOf('TableName', /StateTable/),
  }),
  refusing('the task table refuses', {
    service: 'dynamodb',
    caller: senders,
    when: isOf('TableName', /TaskTable/),
  }),
  refusing('@connections refuse', { service: 'execute-api' }),
  refusing('@connections throttle', {
    service: 'execute-api',
    error: { status: 429, code: 'LimitExceededException' },
  }),
  { name: 'the publisher cannot start', begin: takeCodeAway },
];

/** Without its code no environment of the publisher starts, and those that run are ended. */
function takeCodeAway({ host, assemblyDir }: RunningService): () => void {
  const name = 'publish-task-event';
  const publisher = host.templates
    .ofType('AWS::Lambda::Function')
    .find(({ properties }) => String(properties.FunctionName).endsWith(name));
  const hash = String(publisher?.properties.Code.S3Key).replace('.zip', '');
  const code = join(assemblyDir, `asset.${hash}`, 'index.mjs');
  renameSync(code, `${code}.away`);
  host.crashEnvironments(new RegExp(name));
  return () => renameSync(`${code}.away`, code);
}

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

/** Functions that send events or count changes. */
const senders = /publish-task-event|count-task-changes|repeat-shares/;

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
  // Of these functions: without their limits and circuits workers would make no events to be lost.
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
  { name: 'the publisher cannot start', begin: takeCodeAway('publish-task-event') },
  { name: 'what counts changes cannot start', begin: takeCodeAway('count-task-changes') },
];

/** Without its code no environment of the function starts, and those that run are ended. */
function takeCodeAway(name: string): Illness['begin'] {
  return ({ host, assemblyDir }) => {
    const own = host.templates
      .ofType('AWS::Lambda::Function')
      .find(({ properties }) => String(properties.FunctionName).endsWith(name));
    const hash = String(own?.properties.Code.S3Key).replace('.zip', '');
    const code = join(assemblyDir, `asset.${hash}`, 'index.mjs');
    renameSync(code, `${code}.away`);
    host.crashEnvironments(new RegExp(name));
    return () => renameSync(`${code}.away`, code);
  };
}

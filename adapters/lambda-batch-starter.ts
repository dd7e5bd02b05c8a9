import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { BatchStarter } from '../core/openai-batches/openai-batch-store.ts';
import { sdkAttempts } from './retry-policy.ts';

/** Invokes the function of batches without waiting for it. */
export function createLambdaBatchStarter(options: {
  functionName: string;
  onError: (error: unknown) => void;
}): BatchStarter {
  const client = new LambdaClient({ maxAttempts: sdkAttempts.direct });
  return {
    async start({ tenant, batchId }) {
      const Payload = Buffer.from(JSON.stringify({ tenant, batchId }));
      await client
        .send(new InvokeCommand({ FunctionName: options.functionName, InvocationType: 'Event', Payload }))
        .catch(options.onError);
    },
  };
}

import type { FunctionDefinition } from './function-definition.ts';
import { submissionUses } from './submission-uses.ts';

/** Answers by a stream of events: what a model writes, as it writes it. StreamEndpoint gives it a URL. */
export const streamServer: FunctionDefinition = {
  entry: 'url/serve-stream',
  environment: [
    'TASK_TABLE',
    'STATE_TABLE',
    'PAYLOAD_BUCKET',
    'FILE_BUCKET',
    'QUEUE_URL_PREFIX',
    'WORKER_FUNCTION_PREFIX',
    'BATCH_FUNCTION',
  ],
  uses: {
    tasks: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'],
    payloads: ['GetObject', 'PutObject', 'DeleteObject'],
    // For what no worker takes at once.
    ...submissionUses,
    rates: ['UpdateItem'],
    cachedResults: ['GetItem'],
    deltas: ['Query', 'BatchWriteItem'],
    repeats: ['GetItem', 'PutItem'],
    idempotencyKeys: ['GetItem', 'UpdateItem'],
    workers: ['InvokeFunction'],
    batchRunner: ['InvokeFunction'],
    fileContents: ['GetObject', 'PutObject', 'DeleteObject'],
    files: ['GetItem', 'Query', 'PutItem', 'DeleteItem'],
    uploads: ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem'],
  },
  memory: 512,
  // A stream lasts as long as its task may, and a URL's answer as its function.
  timeout: 900,
};

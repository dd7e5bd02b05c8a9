import type { Repeats } from '../answers/repeats.ts';
import { parseDuration } from '../duration.ts';
import { lifeOf } from '../files/create-file.ts';
import { timedId } from '../files/file.ts';
import type { FileStore } from '../files/file-store.ts';
import { invalidRequest, parseRequest } from '../parse-request.ts';
import { findFirst, hashRequest, type IdempotencyKeys, takeKey } from '../tasks/idempotency.ts';
import { mostInputBytes, type OpenaiBatch } from './openai-batch.ts';
import type { BatchStarter, OpenaiBatchStore } from './openai-batch-store.ts';
import { OpenaiBatchRequest } from './openai-batch-wire.ts';

export interface CreateOpenaiBatchPorts {
  batches: Pick<OpenaiBatchStore, 'create' | 'get'>;
  files: Pick<FileStore, 'get'>;
  keys: IdempotencyKeys;
  repeats: Repeats;
  starter: BatchStarter;
}

export interface OpenaiBatchSubmission {
  tenant: string;
  body: unknown;
  /** A fresh UUID. */
  uuid: string;
  idempotencyKey: string | undefined;
  /** As the official clients count them; undefined: another client. */
  repeats: number | undefined;
  now: number;
}

/** For so long a repeat without a key finds the batch of the first request: the clients give up sooner. */
const repeatedMs = 3_600_000;

/**
 * Accepts a batch: stored, it ends. Its lines are looked at by its run. A request that is made again finds the batch of the
 * first one. Throws `invalid_request`, `idempotency_key_reused`.
 *
 * @param longestWindowMs no task of this deployment lives longer
 */
export async function createOpenaiBatch(
  submission: OpenaiBatchSubmission,
  longestWindowMs: number,
  ports: CreateOpenaiBatchPorts,
): Promise<OpenaiBatch> {
  const { tenant, body, repeats, now } = submission;
  const keyed = { ...submission, requestHash: hashRequest({ batch: body }) };
  const first = await findFirst(ports.keys, 'openai_batch', keyed);
  const known = first
    ? batchIdOf(first.uuid)
    : repeats
      ? await ports.repeats.find(tenant, keyed.requestHash, now)
      : undefined;
  const made = known === undefined ? undefined : await ports.batches.get({ tenant, batchId: known });
  if (made) return made;

  const request = parseRequest(OpenaiBatchRequest, body);
  const windowMs = readWindow(request.completion_window, longestWindowMs);
  await checkInput(tenant, request.input_file_id, now, ports.files);
  const ownId = first?.uuid ?? timedId('', now, submission.uuid);
  const batchId = batchIdOf(await takeKey(ports.keys, 'openai_batch', keyed, ownId));
  const batch = await ports.batches.create({
    tenant,
    batchId,
    endpoint: request.endpoint,
    inputFileId: request.input_file_id,
    completionWindow: request.completion_window,
    metadata: request.metadata ?? null,
    priority: request.priority,
    outputLifeMs: lifeOf(request.output_expires_after),
    status: 'validating',
    createdAt: now,
    deadlineAt: now + windowMs,
    times: {},
    faults: [],
    total: 0,
    completed: 0,
    failed: 0,
    usage: { promptTokens: 0, completionTokens: 0, cachedPromptTokens: 0, reasoningTokens: 0 },
    outputFileId: null,
    errorFileId: null,
    work: {
      input: [],
      nextLine: 0,
      nextByte: 0,
      portions: 0,
      open: [],
      output: [],
      error: [],
      completed: 0,
      failed: 0,
    },
  });
  if (repeats !== undefined && submission.idempotencyKey === undefined)
    await ports.repeats.note(tenant, keyed.requestHash, batchId, now + repeatedMs);
  await ports.starter.start(batch);
  return batch;
}

const batchIdOf = (uuid: string) => `batch_${uuid}`;

function readWindow(text: string, longestMs: number): number {
  const windowMs = parseDuration(text) ?? 0;
  const pointer = '/completion_window';
  if (windowMs < 1_000) throw invalidRequest([{ pointer, detail: 'is less than a second' }]);
  if (windowMs <= longestMs) return windowMs;
  const hours = Math.floor(longestMs / 3_600_000);
  throw invalidRequest([{ pointer, detail: `is more than the ${hours}h for which a task may wait here` }]);
}

async function checkInput(
  tenant: string,
  fileId: string,
  now: number,
  files: Pick<FileStore, 'get'>,
): Promise<void> {
  const file = await files.get(tenant, fileId, now);
  const refuse = (detail: string) => invalidRequest([{ pointer: '/input_file_id', detail }]);
  if (!file) throw refuse('is no file that there is');
  if (file.purpose !== 'batch') throw refuse(`is a file for ${file.purpose}, not for a batch`);
  if (file.bytes > mostInputBytes)
    throw refuse(`is a file of ${file.bytes} bytes; ${mostInputBytes} are allowed`);
}

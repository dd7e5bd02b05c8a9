import type { FilePart } from '../files/file.ts';
import type { Priority } from '../tasks/task.ts';

/** What each line of a batch may ask for. */
export const batchEndpoints = ['/v1/chat/completions', '/v1/responses', '/v1/embeddings'] as const;
export type BatchEndpoint = (typeof batchEndpoints)[number];

/** OpenAI's own bounds: https://developers.openai.com/api/docs/guides/batch */
export const mostLines = 50_000;
export const mostInputBytes = 200_000_000;

export const openaiBatchStatuses = [
  'validating',
  'failed',
  'in_progress',
  'finalizing',
  'completed',
  'expired',
  'cancelling',
  'cancelled',
] as const;
export type OpenaiBatchStatus = (typeof openaiBatchStatuses)[number];

/** How a batch ends; also its status then. */
export type BatchOutcome = 'completed' | 'failed' | 'expired' | 'cancelled';

/** Why a batch was refused when its lines were looked through. */
export interface BatchFault {
  code: string;
  message: string;
  /** The first is 1; null: it is no line's. */
  line: number | null;
  param: string | null;
}

/** Lines that became tasks together. */
export interface OpenPortion {
  number: number;
  /** Place of its first line in the batch. */
  first: number;
  count: number;
  /** Places in the portion of those whose answers are in no file yet. */
  left: number[];
}

/** How far a batch is: what a run that takes it over goes on from. */
export interface BatchWork {
  input: readonly FilePart[];
  /** Lines and bytes of the input that were taken. */
  nextLine: number;
  nextByte: number;
  portions: number;
  open: OpenPortion[];
  /** Bytes of the parts of the two files, in order. */
  output: number[];
  error: number[];
  /** Lines whose answers are in these parts. */
  completed: number;
  failed: number;
  /** How it will end, where that is not `completed`. */
  outcome?: BatchOutcome | undefined;
}

export interface BatchUsage {
  promptTokens: number;
  completionTokens: number;
  cachedPromptTokens: number;
  reasoningTokens: number;
}

/** When a batch came to a status, epoch milliseconds. */
export type BatchTimes = Partial<Record<Exclude<OpenaiBatchStatus, 'validating'>, number>>;

/** A file of requests as an OpenAI client hands it in. Times are epoch milliseconds. */
export interface OpenaiBatch {
  tenant: string;
  batchId: string;
  endpoint: BatchEndpoint;
  inputFileId: string;
  /** As the caller wrote it. */
  completionWindow: string;
  metadata: Record<string, string> | null;
  /** Of its lines, where they say nothing themselves. */
  priority: Priority;
  /** Milliseconds that its files are kept. */
  outputLifeMs: number;
  /** `cancelling` is not stored: it is what `times.cancelling` makes of an open batch. */
  status: Exclude<OpenaiBatchStatus, 'cancelling'>;
  createdAt: number;
  deadlineAt: number;
  times: BatchTimes;
  faults: BatchFault[];
  total: number;
  completed: number;
  failed: number;
  usage: BatchUsage;
  outputFileId: string | null;
  errorFileId: string | null;
  work: BatchWork;
}

export interface OpenaiBatchKey {
  tenant: string;
  batchId: string;
}

export function statusOf({ status, times }: OpenaiBatch): OpenaiBatchStatus {
  const isOpen = status === 'validating' || status === 'in_progress';
  return isOpen && times.cancelling !== undefined ? 'cancelling' : status;
}

export function hasEnded({ status }: Pick<OpenaiBatch, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'expired' || status === 'cancelled';
}

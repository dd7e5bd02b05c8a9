import * as z from 'zod';
import type { BatchEndpoint, BatchFault } from './openai-batch.ts';

const longestId = 512;

/** A line of the input: https://developers.openai.com/api/docs/guides/batch */
const BatchLine = z.object({
  custom_id: z.string().min(1).max(longestId),
  method: z.string(),
  url: z.string(),
  body: z.record(z.string(), z.unknown()),
});
export type BatchLine = z.infer<typeof BatchLine>;

/** Reads what of a line does not depend on what it asks for. @param value its JSON */
export function readBatchLine(value: unknown, endpoint: BatchEndpoint): BatchLine | Omit<BatchFault, 'line'> {
  const parsed = BatchLine.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const param = String(issue?.path[0] ?? '');
    const isMissing =
      issue?.code === 'invalid_type' && (value as Record<string, unknown>)[param] === undefined;
    if (isMissing) return fault('missing_required_parameter', `The line has no ${param}`, param);
    return fault('invalid_parameter', `${param || 'The line'}: ${issue?.message ?? 'is not valid'}`, param);
  }
  const { method, url } = parsed.data;
  if (method !== 'POST') return fault('invalid_method', 'The method of a line is POST', 'method');
  if (url !== endpoint)
    return fault('invalid_url', `The url of a line is the endpoint of its batch, ${endpoint}`, 'url');
  return parsed.data;
}

function fault(code: string, message: string, param: string): Omit<BatchFault, 'line'> {
  return { code, message, param: param || null };
}

import { JsonReadError, readJson } from '../json/read-json.ts';
import { readBatchLine } from './batch-line.ts';
import type { InputLine } from './batch-lines.ts';
import { type BatchEndpoint, type BatchFault, mostLines } from './openai-batch.ts';

/** Faults that are told of an input: nobody reads more. */
const mostFaults = 100;

/**
 * Looks through all lines of an input: their form, and that no custom_id comes twice. What a line asks for is looked at when
 * it becomes a task, and refused for itself. Nothing is done of an input with a fault.
 *
 * @param pause called after each line
 */
export async function validateInput(
  lines: AsyncIterable<InputLine>,
  endpoint: BatchEndpoint,
  pause: () => Promise<void> | undefined,
): Promise<{ total: number; faults: BatchFault[] }> {
  const faults: BatchFault[] = [];
  /** custom_id → its line. */
  const seen = new Map<string, number>();
  let total = 0;
  for await (const { text, number } of lines) {
    total += 1;
    const found = readLine(text, endpoint);
    if ('code' in found) faults.push({ ...found, line: number });
    else {
      const first = seen.get(found.custom_id);
      if (first === undefined) seen.set(found.custom_id, number);
      else
        faults.push({
          code: 'duplicate_custom_id',
          message: `The custom_id is that of line ${first}`,
          line: number,
          param: 'custom_id',
        });
    }
    if (total > mostLines) {
      const message = `The file has more than ${mostLines} lines`;
      return { total, faults: [{ code: 'too_many_lines', message, line: null, param: null }] };
    }
    if (faults.length >= mostFaults) break;
    await pause();
  }
  if (total === 0)
    faults.push({ code: 'empty_file', message: 'The file has no line', line: null, param: null });
  return { total, faults };
}

function readLine(text: string | undefined, endpoint: BatchEndpoint) {
  if (text === undefined)
    return { code: 'invalid_json_line', message: 'The line is no UTF-8, or longer than 5 MiB', param: null };
  let value: unknown;
  try {
    value = readJson(text, 'refuse');
  } catch (error) {
    const why = error instanceof JsonReadError ? `: it ${error.message}` : '';
    return { code: 'invalid_json_line', message: `The line is not JSON that is taken${why}`, param: null };
  }
  return readBatchLine(value, endpoint);
}

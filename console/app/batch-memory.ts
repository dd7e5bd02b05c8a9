import type { BatchBoard } from '../state/batch-board.ts';
import { ofTab } from './storage.ts';

const stored = ofTab('batches');
const most = 30;

/** Batches that were handed in or asked for in this tab are there again after it was loaded anew. */
export function rememberBatches(batches: BatchBoard): void {
  for (const id of read()) batches.tell(id);
}

export function rememberBatch(id: string): void {
  stored.write([...read().filter((each) => each !== id), id].slice(-most).join(' '));
}

function read(): string[] {
  return (stored.read() ?? '').split(' ').filter((id) => id.startsWith('batch_'));
}

import type { Batch } from '../../client/wire.ts';
import type { Command } from '../command.ts';
import { describeTask } from '../describe-task.ts';
import { UsageError } from '../usage-error.ts';

export const get: Command = {
  summary: 'read tasks or batches by their ids',
  usage: 'get <id>… [--timeline]',
  help: `  {program} get task_0b7e…
  {program} get task_0b7e… --timeline
  {program} get batch_c1d2…

  --timeline   also what became of each attempt of a task`,
  options: { timeline: { type: 'boolean' } },
  async run({ values, positionals }, { client, output, signal }) {
    if (positionals.length === 0) throw new UsageError('Say which: get task_… or get batch_…');
    for (const id of positionals)
      if (id.startsWith('batch_')) output.result(await client.getBatch(id, { signal }), describeBatch);
      else {
        const include = values.timeline ? { include: 'timeline' as const } : {};
        output.result(await client.get(id, { ...include, signal }), describeTask);
      }
    return;
  },
};

function describeBatch({ batch_id, status, counts, created_at, completed_at }: Batch): string {
  const lines = { batch: batch_id, status, created: created_at, ended: completed_at ?? '–', ...counts };
  return Object.entries(lines)
    .map(([name, value]) => `${name.padEnd(10)} ${value}`)
    .join('\n');
}

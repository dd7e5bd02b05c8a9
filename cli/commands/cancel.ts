import type { Command } from '../command.ts';
import { UsageError } from '../usage-error.ts';

export const cancel: Command = {
  summary: 'cancel tasks',
  usage: 'cancel <task_id>…',
  help: `  {program} cancel task_0b7e…

A task that waits never reaches a provider; the call of one that runs is aborted within seconds. One that has ended
already cannot be cancelled.`,
  options: {},
  async run({ positionals }, { client, output, signal }) {
    if (positionals.length === 0) throw new UsageError('Say which: cancel task_…');
    for (const id of positionals)
      output.result(await client.cancel(id, { signal }), ({ task_id, status }) => `${task_id} ${status}`);
    return;
  },
};

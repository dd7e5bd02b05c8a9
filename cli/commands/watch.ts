import type { DeltaFrame } from '../../client/socket-frames.ts';
import type { ServiceEvent } from '../../client/wire.ts';
import { type Command, text } from '../command.ts';
import { UsageError } from '../usage-error.ts';

export const watch: Command = {
  summary: 'print events as they happen',
  usage: 'watch [<id>…] [--deltas] [--since <time>]',
  help: `Of every task, until Ctrl-C; or of the tasks and batches that are named, until they have ended:

  {program} watch
  {program} watch task_0b7e… batch_c1d2…

  --deltas         also the answers of what is named as they are written
  --since <time>   begin with what changed since then, such as 2026-11-22T08:00:00Z

A connection that is lost is opened again, and what was missed is told.`,
  options: { deltas: { type: 'boolean' }, since: { type: 'string' } },
  async run({ values, positionals }, { client, output, baseUrl, signal }) {
    const batchIds = positionals.filter((id) => id.startsWith('batch_'));
    const taskIds = positionals.filter((id) => !id.startsWith('batch_'));
    const since = text(values, 'since');
    if (since !== undefined && Number.isNaN(Date.parse(since)))
      throw new UsageError(`--since ${since} is no time such as 2026-11-22T08:00:00Z`);
    if (values.deltas && positionals.length === 0)
      throw new UsageError('--deltas needs ids: watch task_… --deltas');
    let isBad = false;
    const events = client.follow({
      taskIds,
      batchIds,
      signal,
      ...(values.deltas === true && { deltas: true }),
      ...(since !== undefined && { since: new Date(since).toISOString() }),
      onConnection: (is) => output.note(is ? `Connected to ${baseUrl}` : `Lost ${baseUrl}; trying again …`),
      onGap: () => output.note('More was missed than is told again: list the tasks'),
    });
    for await (const event of events) {
      if (event.event_type === 'delta' && !output.json) output.piece(event.content);
      else output.result(event, describeEvent);
      isBad ||= event.event_type === 'failed' || event.event_type === 'cancelled';
    }
    return isBad && taskIds.length > 0 ? 1 : 0;
  },
};

function describeEvent(event: ServiceEvent | DeltaFrame): string {
  if (event.event_type === 'delta') return event.content;
  const { timestamp, event_type, task_id, batch_id, error } = event;
  const counts = event.event_type === 'batch.completed' ? JSON.stringify(event.data) : '';
  return [timestamp, event_type.padEnd(15), task_id ?? batch_id, error ? error.message : counts]
    .join('  ')
    .trimEnd();
}

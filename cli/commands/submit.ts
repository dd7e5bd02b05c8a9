import { isFinal } from '../../client/create-client.ts';
import type { Task, TaskRequest } from '../../client/wire.ts';
import { buildRequest, requestOptions } from '../build-request.ts';
import { type Command, type Context, text } from '../command.ts';
import { describeAnswer } from '../describe-task.ts';

export const submit: Command = {
  summary: 'hand in a task and print its answer',
  usage: 'submit [<prompt>] [options]',
  help: `Without more than a prompt the task is one of the type custom:

  {program} submit "Name three rivers."
  {program} submit --type translation --data '{"text":"Good morning","target_language":"fr"}'
  {program} submit --type text_summarization --text @article.txt --priority high
  {program} submit --request task.json --no-wait

  --type <name>        the type of the task (default: custom)
  --prompt <text>      the instruction, in place of the argument
  --data <json>        what the task is about
  --text <text>        the same as --data '{"text":…}'
  --schema <json>      JSON Schema that the answer must satisfy
  --priority <name>    high, normal or low
  --provider <name>    only this provider
  --model <name>       only this model
  --strategy <name>    cost, speed, quality or balanced
  --timeout <duration> such as 60s or 5m, waiting included
  --max-retries <n>    further attempts at one provider
  --temperature <n>    0 to 2
  --max-tokens <n>     of the answer
  --no-cache           neither take the answer from the cache nor keep it there
  --metadata <k=v>     handed back with the task; may be repeated
  --callback-url <url> gets a signed webhook at the end
  --request <json>     a whole task as POST /api/v1/tasks takes it; other options go before it
  --key <text>         Idempotency-Key: the same one makes no second task
  --no-wait            print the id and do not wait for the end
  --stream             print the answer as it is written

A <json> or <text> may be @<file>, or - for standard input.`,
  options: {
    ...requestOptions,
    key: { type: 'string' },
    wait: { type: 'boolean', default: true },
    stream: { type: 'boolean' },
  },
  async run({ values, positionals }, context) {
    const request = await buildRequest(values, positionals);
    const { client, output, signal, program } = context;
    const options = { idempotencyKey: text(values, 'key'), signal };
    if (values.stream) return exitCode(await stream(request, options, context));
    const submitted = await client.submit(request, options);
    const id = submitted.task_id;
    if (!values.wait) {
      output.result(submitted, ({ task_id, status }) => `${task_id} ${status}`);
      return;
    }
    if (!output.json) output.note(`${id} is ${submitted.status}`);
    try {
      const task = await client.wait(id, { signal });
      output.result(task, describeAnswer);
      return exitCode(task);
    } catch (error) {
      output.note(`The task goes on: ${program} get ${id}`);
      throw error;
    }
  },
};

/** Prints the pieces to people, and the task at the end to programs. */
async function stream(
  request: TaskRequest,
  options: { idempotencyKey?: string | undefined; signal: AbortSignal },
  { client, output }: Context,
): Promise<Task | undefined> {
  let printed = '';
  for await (const { event, data } of client.stream(request, options)) {
    if (event === 'status' && data.restart && printed) output.note('\n(it begins anew)');
    if (event === 'status' && data.restart) printed = '';
    if (event === 'delta') {
      output.piece(data.content);
      printed += data.content;
    }
    if (event !== 'completed' && event !== 'failed') continue;
    // What came in pieces stands there already.
    if (output.json || printed === '' || event === 'failed') output.result(data, describeAnswer);
    else output.piece('\n');
    return data;
  }
  return undefined;
}

/** 1: it did not complete. */
function exitCode(task: Task | undefined): number {
  return task && isFinal(task.status) && task.status === 'completed' ? 0 : 1;
}

#!/usr/bin/env node
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from '../client/create-client.ts';
import type { Command } from './command.ts';
import { batch } from './commands/batch.ts';
import { cancel } from './commands/cancel.ts';
import { get } from './commands/get.ts';
import { open } from './commands/open.ts';
import { providers } from './commands/providers.ts';
import { stats } from './commands/stats.ts';
import { submit } from './commands/submit.ts';
import { watch } from './commands/watch.ts';
import { describeError, exitCodeOf } from './describe-error.ts';
import { findService } from './find-service.ts';
import { createOutput } from './output.ts';
import { UsageError } from './usage-error.ts';

const commands: Record<string, Command> = { submit, batch, watch, get, cancel, providers, stats, open };
const program = process.env.npm_lifecycle_event === 'llm' ? 'npm run llm --' : 'llm-service';

const help = `Hands tasks to LLM Service and shows what becomes of them.

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${program} ${name.padEnd(10)} ${summary}`)
  .join('\n')}

  ${program} <command> --help   what it takes

Options of every command:
  --json, --no-json   one value of JSON a line; the default where the output goes to a program or a file
  --help

The service is the local host (npm start), or what these variables name:
  LLM_BASE_URL     such as http://127.0.0.1:8080
  LLM_AUTH_TOKEN   its token, where it asks for one
  LLM_STREAM_URL   for submit --stream, where streams have a URL of their own, as on AWS
  LLM_WS_URL       of the WebSocket, where it is not the one that the service names

Exit codes: 0 done, 1 a task did not complete, 2 called wrongly, 3 the service cannot be reached, 4 it refused,
130 interrupted.`;

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    console.log(help);
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command)
    throw new UsageError(`There is no command ${name}. There are ${Object.keys(commands).join(', ')}`);
  const { values, positionals } = parse(name, command, rest);
  if (values.help) {
    console.log(`${program} ${command.usage}\n\n${command.help.replaceAll('{program}', program)}`);
    return 0;
  }
  const service = findService(process.env, join(process.cwd(), '.env'));
  const json = typeof values.json === 'boolean' ? values.json : !process.stdout.isTTY;
  const output = createOutput(json, process.stdout, process.stderr);
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
  const { signal } = interrupted;
  const context = { client: createClient(service), baseUrl: service.baseUrl, output, signal, program };
  try {
    const code = await command.run({ values, positionals }, context);
    return signal.aborted ? 130 : (code ?? 0);
  } catch (error) {
    if (signal.aborted) return 130;
    throw error;
  }
}

function parse(name: string, { options }: Command, args: string[]) {
  try {
    return parseArgs({
      args,
      options: { ...options, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      allowNegative: true,
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${program} ${name} --help says what it takes`);
  }
}

// Whoever reads may have enough: `llm-service watch | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(describeError(error, process.env));
  process.exitCode = exitCodeOf(error);
}
// A connection that its other end does not close must not keep the program.
setTimeout(() => process.exit(), 2_000).unref();

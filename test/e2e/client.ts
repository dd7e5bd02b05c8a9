import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as typed from '../../client/create-client.ts';
import type { TaskRequest } from '../../client/wire.ts';
import { WireProblem } from '../../core/http-contract/problem-wire.ts';
import { WireTask } from '../../core/tasks/task-wire.ts';
import type { Service } from './service.ts';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Undefined where the body is no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects and fails otherwise.
  json: any;
}

export interface Call {
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  raw?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  /** Null sends none. */
  token?: string | null;
}

/** How long a test waits for something to happen; emulators need more. */
export const patienceMs = Number(process.env.LLM_E2E_PATIENCE_SECONDS || 90) * 1000;
const pollEveryMs = 150;

export interface Client {
  /** As it goes over HTTP: for what a caller of it sees, refusals and headers among it. */
  call(method: string, path: string, call?: Call): Promise<Answer>;
  /** The client that callers have. */
  api: typed.Client;
  /** Submits a task that must be accepted; answers its id. */
  submit(body: TaskRequest): Promise<string>;
  /** A task as it is read, checked by the schema that the service answers by. */
  get(taskId: string): Promise<WireTask>;
  /** Reads the task until `isDone`, by default until it has ended. */
  waitFor(taskId: string, isDone?: (task: WireTask) => boolean): Promise<WireTask>;
}

export function createClient(service: Service): Client {
  const { baseUrl, wsUrl, streamUrl, token } = service;
  const api = typed.createClient({ baseUrl, wsUrl, streamUrl, token });
  const client: Client = {
    api,
    async call(method, path, { body, raw, headers = {}, token = service.token ?? null } = {}) {
      const answer = await fetch(service.baseUrl + path, {
        method,
        headers: {
          ...(token !== null && { authorization: `Bearer ${token}` }),
          ...((body !== undefined || raw !== undefined) && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(raw !== undefined ? { body: raw } : body !== undefined ? { body: JSON.stringify(body) } : {}),
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, text, json: parse(text) };
    },
    submit: async (body) => (await api.submit(body)).task_id,
    get: async (taskId) => WireTask.parse(await api.get(taskId)),
    async waitFor(taskId, isDone) {
      if (!isDone) return WireTask.parse(await api.wait(taskId, { signal: AbortSignal.timeout(patienceMs) }));
      return until(`task ${taskId}`, async () => {
        const task = await client.get(taskId);
        return isDone(task) ? task : undefined;
      });
    },
  };
  return client;
}

/** Asks again until there is an answer; fails with `what` after `patienceMs`. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`Waited ${patienceMs} ms in vain for ${what}`);
    await sleep(pollEveryMs);
  }
}

/** Checks that an answer is a problem of this status and code; answers the pointers at fault. */
export function assertProblem(answer: Answer, status: number, code: string): string[] {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  const problem = WireProblem.parse(answer.json);
  assert.equal(problem.code, code);
  assert.equal(problem.status, status);
  assert.ok(problem.request_id);
  assert.ok(problem.title);
  return (problem.errors ?? []).map(({ pointer }) => pointer);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A task for which the simulated provider of these tests takes several seconds. */
export const slowTask = {
  type: 'custom',
  prompt: 'Write a long list',
  config: {
    response_schema: {
      type: 'array',
      minItems: 400,
      items: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    },
  },
};

export const quickTask = { type: 'custom', prompt: 'Say yes' };

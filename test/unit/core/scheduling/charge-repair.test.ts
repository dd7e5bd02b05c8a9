import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptReport, RunAttempt } from '../../../../core/attempts/attempt.ts';
import type { ChatRequest } from '../../../../core/attempts/language-model.ts';
import { createRunAdmittedTask } from '../../../../core/scheduling/run-admitted-task.ts';
import { toQueuedTask } from '../../../../core/scheduling/task-message.ts';
import { holdTicket } from '../../../../core/scheduling/ticket-in-hand.ts';
import type { TokenCharge } from '../../../../core/scheduling/token-rate.ts';
import { noLastWill } from '../../../fakes/scheduling/no-last-will.ts';
import { makeTask, start } from '../../../make-task.ts';

type Options = Parameters<typeof createRunAdmittedTask>[0];

const usage = { promptTokens: 150, completionTokens: 50 };
const error = { code: 'invalid_output', message: 'no', provider: 'kimi', retryable: false } as const;
const report: AttemptReport = {
  outcome: { kind: 'failed', error },
  usage,
  costUsd: 0,
  failure: undefined,
  holdBackMs: undefined,
};

/** An attempt that asks a second time, to have its answer mended. */
function setUp(options: { waits?: number[]; charge?: TokenCharge; maxTokens?: number; used?: typeof usage }) {
  const done: string[] = [];
  const clock = { now: start };
  const waits = options.waits ?? [];
  const task = makeTask({ estimatedTokens: 100, attempts: 1 });
  const received = { ...toQueuedTask(task), receiveCount: 1, handle: 'h' };
  const request: ChatRequest = {
    model: 'k2',
    messages: [{ role: 'user', content: 'x'.repeat(40) }],
    ...(options.maxTokens !== undefined && { maxTokens: options.maxTokens }),
    signal: new AbortController().signal,
  };
  const run = createRunAdmittedTask({
    provider: 'kimi',
    store: { renewLease: async () => true, look: async () => 'held' },
    queues: { setVisibility: async () => {} },
    breaker: { recordSuccess: async () => {}, recordFailure: async () => {} },
    requests: {
      async admit() {
        const delayMs = waits.shift();
        done.push('admit');
        return delayMs === undefined ? undefined : clock.now + delayMs;
      },
      release: async () => {},
    },
    flights: { land: async () => 0, release: async () => 0, renew: async () => {} },
    slots: { renew: async () => true },
    tokens: {
      async charge(tokens: number) {
        done.push(`charge ${tokens}`);
        return options.charge;
      },
      settle: async ({ tokens }: TokenCharge, used: number) => void done.push(`settle ${used} of ${tokens}`),
    },
    settlement: {
      settle: async (_made: unknown, _report: unknown, before?: () => Promise<void>) => before?.(),
    },
    lastWill: noLastWill,
    async runAttempt(...[, , , beforeRepair]: Parameters<RunAttempt>) {
      await beforeRepair(request);
      done.push('second call');
      return { ...report, usage: options.used ?? usage };
    },
    clock: () => clock.now,
    async sleep(milliseconds: number) {
      done.push(`sleep ${milliseconds}`);
      clock.now += milliseconds;
    },
    onError: (fault: unknown) => assert.fail(String(fault)),
    onFailure: () => {},
  } as unknown as Options);
  const queues = { setTicketVisibility: async () => {}, sendTickets: async () => {} };
  const hand = holdTicket({ id: 'i', handle: 't' }, 'kimi', queues, () => {});
  const go = async (charge: TokenCharge | undefined) => {
    await run(
      { task, message: received.message, input: { prompt: 'p' }, charge, waitedFor: null },
      { received, hand },
      'me',
      start + 900_000,
    );
    await hand.end();
  };
  return { go, done };
}

const second = start / 1_000;

test('a second call waits for a start of its own', async () => {
  const { go, done } = setUp({ waits: [700, 300] });
  await go(undefined);
  assert.deepEqual(done.slice(0, 5), ['admit', 'sleep 700', 'admit', 'sleep 300', 'admit']);
  assert.equal(done.at(-1), 'second call', 'without a limit of tokens nothing is settled');
});

test('a second call is charged for its longer prompt and its answer, and waits until there is room', async () => {
  const charge = { tokens: 100, second };
  const { go, done } = setUp({ charge: { tokens: 400, second: second + 4 }, maxTokens: 30 });
  await go(charge);
  const [, charged = ''] = done;
  const tokens = Number(charged.replace('charge ', ''));
  assert.ok(tokens > 30 && tokens < 60, charged);
  assert.deepEqual(done.slice(2), ['sleep 4000', 'second call', 'settle 100 of 100', 'settle 100 of 400']);
});

test('without a longest answer of the caller’s the estimate stands for it', async () => {
  const withLimit = setUp({ maxTokens: 30 });
  await withLimit.go(undefined);
  const without = setUp({});
  await without.go(undefined);
  const chargedBy = (done: string[]) => Number(done[1]?.replace('charge ', ''));
  assert.equal(chargedBy(without.done) - chargedBy(withLimit.done), 70);
});

test('what exceeds both charges is the second call’s; what one call used alone leaves nothing for the other', async () => {
  const charge = { tokens: 100, second };
  const more = setUp({ charge: { tokens: 50, second }, used: { promptTokens: 300, completionTokens: 0 } });
  await more.go(charge);
  assert.deepEqual(more.done.slice(-2), ['settle 100 of 100', 'settle 200 of 50']);
  const less = setUp({ charge: { tokens: 50, second }, used: { promptTokens: 60, completionTokens: 0 } });
  await less.go(charge);
  assert.deepEqual(less.done.slice(-2), ['settle 60 of 100', 'settle 0 of 50']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortestWaitMs, waitReasonOf } from '../../../../core/scheduling/wait-reason.ts';
import type { AttemptRecord, Task } from '../../../../core/tasks/task.ts';
import { makeTask, start } from '../../../make-task.ts';

type Ticket = Parameters<typeof waitReasonOf>[1];
type Waits = Parameters<typeof waitReasonOf>[2];

/** Of a task that was accepted a minute ago and is claimed for the first time. */
function reasonOf(
  members: {
    task?: Partial<Task>;
    before?: Partial<Ticket>;
    ticket?: Partial<Ticket['ticket']>;
    waits?: Partial<Waits>;
    now?: number;
  } = {},
) {
  const { task, before, ticket, waits, now = start + 60_000 } = members;
  return waitReasonOf(
    makeTask({ attempts: 1, createdAt: start, ...task }),
    {
      handedOn: null,
      heldUntil: 0,
      isPaced: false,
      hasRequestRate: true,
      ticket: { id: 't', handle: 'h', receives: 1, waitedMs: 0, ...ticket },
      ...before,
    },
    {
      receiveCount: 1,
      sleptForTokens: false,
      followed: false,
      hasTypeLimit: false,
      hasTokenRate: false,
      ...waits,
    },
    now,
  );
}

test('what is not known is not told', () => {
  assert.equal(reasonOf(), null);
});

test('what was seen goes before what is concluded, and what came last before the rest', () => {
  const put = { receiveCount: 2, followed: true };
  assert.equal(reasonOf({ before: { handedOn: 'slot' }, waits: { sleptForTokens: true } }), 'tokens');
  assert.equal(reasonOf({ before: { handedOn: 'type_slot', isPaced: true }, waits: put }), 'type_slot');
  assert.equal(reasonOf({ before: { heldUntil: start + 1 }, waits: put }), 'circuit');
});

test('a circuit that was held back before the task came, or before its last attempt ended, is no reason', () => {
  assert.equal(reasonOf({ before: { heldUntil: start } }), null);
  const timeline = [{ endedAt: start + 9 } as AttemptRecord];
  assert.equal(reasonOf({ before: { heldUntil: start + 9 }, task: { timeline } }), null);
  assert.equal(reasonOf({ before: { heldUntil: start + 10 }, task: { timeline } }), 'circuit');
});

test('a message that shows again without a claim was put off by what its key, type or tokens are bound to', () => {
  const waits = { receiveCount: 2, followed: true, hasTypeLimit: true, hasTokenRate: true };
  assert.equal(reasonOf({ waits }), 'equal_task');
  assert.equal(reasonOf({ waits: { ...waits, followed: false } }), 'type_slot');
  assert.equal(reasonOf({ waits: { receiveCount: 2, hasTokenRate: true } }), 'tokens');
  assert.equal(reasonOf({ waits, task: { attempts: 2 } }), null, 'each receive was a claim');
});

test('a ticket that came oftener than its task was put off by the requests a minute', () => {
  assert.equal(reasonOf({ ticket: { receives: 2 } }), 'requests');
  assert.equal(reasonOf({ ticket: { receives: 2 }, before: { hasRequestRate: false } }), null);
  const retried = { attempts: 2 };
  assert.equal(reasonOf({ ticket: { receives: 2 }, task: retried, waits: { receiveCount: 2 } }), null);
});

test('a task that is too young to have waited is not told the reasons of its ticket', () => {
  const young = { now: start + shortestWaitMs - 1 };
  const old = { now: start + shortestWaitMs };
  for (const [reason, members] of [
    ['tokens', { before: { isPaced: true } }],
    ['requests', { ticket: { receives: 2 } }],
    ['slot', { ticket: { waitedMs: shortestWaitMs } }],
  ] as const) {
    assert.equal(reasonOf({ ...members, ...young }), null, reason);
    assert.equal(reasonOf({ ...members, ...old }), reason);
  }
});

test('a ticket that came late for the first time was behind others; one that starting took so long was not', () => {
  assert.equal(reasonOf({ ticket: { waitedMs: shortestWaitMs } }), 'slot');
  assert.equal(reasonOf({ ticket: { waitedMs: shortestWaitMs - 1 } }), null);
  const again = { ticket: { waitedMs: 60_000, receives: 2 }, before: { hasRequestRate: false } };
  assert.equal(reasonOf(again), null);
});

test('a task that was moved without an attempt waited for the circuit of the provider before', () => {
  assert.equal(reasonOf({ task: { failovers: 1 } }), 'circuit');
  const timeline = [{ endedAt: start } as AttemptRecord];
  assert.equal(reasonOf({ task: { failovers: 1, timeline } }), null);
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { holdLease } from '../../../../core/scheduling/hold-lease.ts';
import { start } from '../../../make-task.ts';

/** A hold over a mocked clock; `renew` and `isHeld` answer as told. */
function setUp(t: TestContext, options: { deadlineInMs?: number; invocationEndsInMs?: number } = {}) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: start });
  const looks: string[] = [];
  const errors: unknown[] = [];
  const answers: Record<'renew' | 'isHeld', () => Promise<boolean>> = {
    renew: async () => true,
    isHeld: async () => true,
  };
  const ask = (name: 'renew' | 'isHeld') => {
    looks.push(`${(Date.now() - start) / 1_000} ${name}`);
    return answers[name]();
  };
  const hold = holdLease({
    deadlineInMs: options.deadlineInMs ?? 3_600_000,
    invocationEndsInMs: options.invocationEndsInMs ?? 900_000,
    isHeld: () => ask('isHeld'),
    renew: () => ask('renew'),
    clock: () => Date.now(),
    onError: (error) => void errors.push(error),
  });
  const pass = async (seconds: number) => {
    for (let each = 0; each < seconds; each += 1) {
      t.mock.timers.tick(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { hold, looks, errors, answers, pass };
}

test('it looks whether the task is held every five seconds, and renews every twenty', async (t) => {
  const { hold, looks, pass } = setUp(t);
  await pass(44);
  assert.deepEqual(looks, [
    '5 isHeld',
    '10 isHeld',
    '15 isHeld',
    '20 renew',
    '25 isHeld',
    '30 isHeld',
    '35 isHeld',
    '40 renew',
  ]);
  assert.equal(hold.stopped(), undefined);
  assert.equal(hold.signal.aborted, false);
});

test('a task that was cancelled or taken over stops the attempt with the next look', async (t) => {
  const { hold, answers, pass } = setUp(t);
  answers.isHeld = async () => false;
  await pass(4);
  assert.equal(hold.stopped(), undefined);
  await pass(1);
  assert.equal(hold.stopped(), 'lost');
  assert.equal(hold.signal.aborted, true);
  assert.match(String(hold.signal.reason), /AbortError: The attempt was stopped: lost/);
});

test('slots or a row that are another’s stop the attempt with the next renewal', async (t) => {
  const { hold, answers, pass } = setUp(t);
  answers.renew = async () => false;
  await pass(19);
  assert.equal(hold.stopped(), undefined);
  await pass(1);
  assert.equal(hold.stopped(), 'lost');
});

test('one renewal that fails is made good by the next look, and told', async (t) => {
  const { hold, looks, answers, errors, pass } = setUp(t);
  answers.renew = async () => {
    answers.renew = async () => true;
    throw new Error('throttled');
  };
  await pass(44);
  assert.match(String(errors), /^Error: throttled$/);
  assert.deepEqual(looks.slice(3), ['20 renew', '25 renew', '30 isHeld', '35 isHeld', '40 renew']);
  assert.equal(hold.stopped(), undefined);
  assert.equal(hold.leftMs(), 41_000);
});

test('looks that fail while renewals succeed stop nothing', async (t) => {
  const { hold, answers, pass } = setUp(t);
  answers.isHeld = () => Promise.reject(new Error('throttled'));
  await pass(200);
  assert.equal(hold.stopped(), undefined);
});

test('an attempt whose lease could not be renewed stops five seconds before the lease ends', async (t) => {
  const { hold, answers, pass } = setUp(t);
  answers.renew = () => Promise.reject(new Error('throttled'));
  await pass(39);
  assert.equal(hold.stopped(), undefined);
  await pass(1);
  assert.equal(hold.stopped(), 'lost');
  assert.equal(hold.leftMs(), 5_000);
});

test('the same while a renewal is never answered, and no second one is begun beside it', async (t) => {
  const { hold, answers, looks, pass } = setUp(t);
  answers.renew = () => new Promise(() => {});
  await pass(40);
  assert.equal(hold.stopped(), 'lost');
  assert.equal(looks.filter((look) => look.endsWith('renew')).length, 1);
});

test('a lease counts from when its renewal was sent', async (t) => {
  const { hold, answers, pass } = setUp(t);
  assert.equal(hold.leftMs(), 45_000);
  answers.renew = () => new Promise((resolve) => setTimeout(() => resolve(true), 8_000));
  await pass(28);
  assert.equal(hold.leftMs(), 37_000);
});

test('the deadline of the task stops the attempt', async (t) => {
  const { hold, pass } = setUp(t, { deadlineInMs: 12_000 });
  await pass(11);
  assert.equal(hold.stopped(), undefined);
  await pass(1);
  assert.equal(hold.stopped(), 'deadline');
});

test('the end of the invocation stops the attempt', async (t) => {
  const { hold, pass } = setUp(t, { invocationEndsInMs: 12_000 });
  await pass(11);
  assert.equal(hold.stopped(), undefined);
  await pass(1);
  assert.equal(hold.stopped(), 'interrupted');
});

test('what is over already stops at once; what lies months ahead never', async (t) => {
  const over = setUp(t, { deadlineInMs: -5_000 });
  await over.pass(1);
  assert.equal(over.hold.stopped(), 'deadline');
  t.mock.timers.reset();
  const far = setUp(t, { deadlineInMs: 2 ** 40 });
  await far.pass(30);
  assert.equal(far.hold.stopped(), undefined);
  t.mock.timers.reset();
  const ended = setUp(t, { invocationEndsInMs: -1 });
  await ended.pass(1);
  assert.equal(ended.hold.stopped(), 'interrupted');
});

test('what stopped an attempt first is what stopped it', async (t) => {
  const { hold, pass } = setUp(t, { deadlineInMs: 3_000, invocationEndsInMs: 4_000 });
  await pass(10);
  assert.equal(hold.stopped(), 'deadline');
  assert.match(String(hold.signal.reason), /deadline/);
});

test('a released hold looks, renews and stops no more', async (t) => {
  const { hold, looks, pass } = setUp(t, { deadlineInMs: 30_000, invocationEndsInMs: 40_000 });
  await pass(6);
  await hold.release();
  await pass(100);
  assert.deepEqual(looks, ['5 isHeld']);
  assert.equal(hold.stopped(), undefined);
});

test('it is released only when a renewal under way has ended, which would hide again what was shown', async (t) => {
  const { hold, answers, pass } = setUp(t);
  let answer = (_held: boolean) => {};
  answers.renew = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  await pass(21);
  let isReleased = false;
  const releasing = hold.release().then(() => {
    isReleased = true;
  });
  await pass(2);
  assert.equal(isReleased, false);
  answer(true);
  await releasing;
  assert.equal(isReleased, true);
});

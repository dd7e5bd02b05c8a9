import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeStart, takeStartNow } from '../../../../core/scheduling/starts.ts';
import type { TokenStart } from '../../../../core/scheduling/token-account.ts';

function setUp(options: { until?: number; start?: TokenStart }) {
  const asked: string[] = [];
  const requests = {
    async admit() {
      asked.push('admit');
      return options.until;
    },
    async admitsNow() {
      asked.push('admit now');
      return options.until === undefined;
    },
    release: async () => void asked.push('release'),
  };
  const tokens = {
    async start(): Promise<TokenStart> {
      asked.push('start');
      return options.start ?? { kind: 'start', at: 5, isPaced: true };
    },
    async startNow() {
      asked.push('start now');
      return options.start ? undefined : { at: 5, charge: { tokens: 9, second: 0 } };
    },
    giveBack: async () => void asked.push('give back'),
    returnStart: async () => void asked.push('return'),
    charge: async () => undefined,
    settle: async () => {},
  };
  return {
    take: () => takeStart(requests, tokens, 5),
    takeNow: () => takeStartNow(requests, tokens, 9, 5),
    asked,
  };
}

test('a start is one under both limits, and given back under both', async () => {
  const { take, asked } = setUp({});
  const start = await take();
  assert.equal(start.kind, 'start');
  assert.deepEqual(start.kind === 'start' && [start.at, start.isPaced], [5, true]);
  assert.deepEqual(asked, ['admit', 'start']);
  if (start.kind === 'start') await start.giveBack();
  assert.deepEqual(asked, ['admit', 'start', 'release', 'return']);
});

test('refused for its requests it asks for no tokens', async () => {
  const { take, asked } = setUp({ until: 900 });
  assert.deepEqual(await take(), { kind: 'wait', until: 900 });
  assert.deepEqual(asked, ['admit']);
});

for (const start of [{ kind: 'wait', until: 700 }, { kind: 'parked' }] as const)
  test(`refused for its tokens (${start.kind}) it keeps no start under the requests`, async () => {
    const { take, asked } = setUp({ start });
    assert.deepEqual(await take(), start);
    assert.deepEqual(asked, ['admit', 'start', 'release']);
  });

test('without a ticket that could wait nothing is booked and nothing is parked', async () => {
  const free = setUp({});
  const start = await free.takeNow();
  assert.equal(start?.at, 5);
  await start?.giveBack();
  assert.deepEqual(free.asked, ['admit now', 'start now', 'release', 'give back']);
  const full = setUp({ until: 900 });
  assert.equal(await full.takeNow(), undefined);
  assert.deepEqual(full.asked, ['admit now']);
  const paced = setUp({ start: { kind: 'parked' } });
  assert.equal(await paced.takeNow(), undefined);
  assert.deepEqual(paced.asked, ['admit now', 'start now', 'release']);
});

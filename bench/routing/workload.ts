import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskConfig, TaskRequest } from '../../client/wire.ts';
import type { RoutingService } from './routing-service.ts';

const sentence =
  'The parcel arrived nine days late, two of the five articles were missing, and nobody answered the mails. ';

/** A task with a text of some hundred words, different for each number, so that no result is cached. */
export function makeTask(number: number, config: TaskConfig): TaskRequest {
  return {
    type: 'text_summarization',
    data: { text: `Complaint ${number}. ${sentence.repeat(6 + (number % 17))}` },
    config: { cache_enabled: false, timeout: '5m', ...config },
  };
}

/** Submits tasks at a steady rate (a second) and answers how many were accepted. */
export async function submitSteadily(
  service: RoutingService,
  count: number,
  rate: number,
  config: TaskConfig,
  tell: (text: string) => void,
): Promise<number> {
  const startedAt = Date.now();
  const submissions: Promise<boolean>[] = [];
  for (let number = 0; number < count; number += 1) {
    await sleep(Math.max(0, startedAt + (1_000 * number) / rate - Date.now()));
    const submission = service.submit(makeTask(number, config));
    submissions.push(
      submission.then(
        () => true,
        () => false,
      ),
    );
    tell(`${number + 1} of ${count} tasks submitted`);
  }
  return (await Promise.all(submissions)).filter(Boolean).length;
}

/** Waits until `count` tasks have ended and none is open; gives up after `patienceMs`. */
export async function drain(
  service: RoutingService,
  count: number,
  patienceMs: number,
  tell: (text: string) => void,
): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  while (Date.now() < giveUpAt) {
    const { ended, open } = await service.count();
    tell(`${ended} of ${count} tasks ended`);
    if (ended >= count && open === 0) return;
    await sleep(500);
  }
}

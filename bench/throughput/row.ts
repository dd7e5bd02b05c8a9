import type { RecordingProvider } from '../scheduling/provider-report.ts';
import type { Queue, QueueSettings } from './queue.ts';

export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What the service is held to. */
  readonly bar?: { readonly atMost: number } | { readonly atLeast: number };
}

export interface Bench {
  readonly provider: RecordingProvider;
  /** What is measured beside each other: the service, and BullMQ where there is a Redis. */
  readonly queues: readonly ((settings: QueueSettings) => Promise<Queue>)[];
  tell(text: string): void;
}

/** One part of the benchmark, that can be run alone. */
export interface Row {
  readonly name: string;
  run(bench: Bench): Promise<Figure[]>;
}

/** Starts each queue in its turn, measures it and stops it. Bars are the service's. */
export async function compare(
  bench: Bench,
  limit: number,
  measure: (queue: Queue) => Promise<Figure[]>,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const start of bench.queues) {
    const queue = await start({ provider: bench.provider.baseUrls.local, limit });
    bench.tell(`${queue.name}, limit ${limit}`);
    try {
      const own = await measure(queue);
      figures.push(
        ...own.map(({ bar, ...figure }) => ({
          ...figure,
          what: `${queue.name}: ${figure.what}`,
          ...(bar && queue.name === 'service' && { bar }),
        })),
      );
    } finally {
      await queue.stop();
    }
  }
  return figures;
}

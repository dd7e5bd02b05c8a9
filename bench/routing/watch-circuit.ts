import { setTimeout as sleep } from 'node:timers/promises';
import type { RoutingService } from './routing-service.ts';

export interface OpenTime {
  /** Epoch milliseconds. */
  from: number;
  until: number;
}

/** Looks at a provider's circuit fifty times a second; answers when it was open or half-open. */
export function watchCircuit(service: RoutingService, provider: string): { stop(): Promise<OpenTime[]> } {
  const times: OpenTime[] = [];
  let isStopped = false;
  const watching = (async () => {
    let from: number | undefined;
    while (!isStopped) {
      const isOpen = await service.isCircuitOpen(provider);
      const now = Date.now();
      if (isOpen && from === undefined) from = now;
      if (!isOpen && from !== undefined) {
        times.push({ from, until: now });
        from = undefined;
      }
      await sleep(20);
    }
    if (from !== undefined) times.push({ from, until: Date.now() });
  })();
  return {
    async stop() {
      isStopped = true;
      await watching;
      return times;
    },
  };
}

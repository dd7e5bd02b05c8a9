import { createProgress } from '../progress.ts';
import type { Fleet } from './fleet.ts';
import type { RoutingService } from './routing-service.ts';

export interface Measure {
  what: string;
  bar: string;
  measured: string;
  met: boolean;
}

export interface Bench {
  fleet: Fleet;
  service: RoutingService;
  /** Tasks of a strategy's run. */
  tasks: number;
  /** Tasks a second. */
  rate: number;
  tell(text: string): void;
}

export interface Scenario {
  name: string;
  run(bench: Bench): Promise<Measure[]>;
}

/** Runs a scenario on a fresh service, which has measured nothing yet, with the providers as planned. */
export async function runScenario(
  scenario: Scenario,
  options: Pick<Bench, 'fleet' | 'tasks' | 'rate'>,
  start: () => Promise<RoutingService>,
): Promise<Measure[]> {
  const progress = createProgress(scenario.name.padEnd(18));
  progress.tell('starting the service');
  const service = await start();
  try {
    for (const member of options.fleet.members) await member.control();
    const measures = await scenario.run({ ...options, service, tell: progress.tell });
    progress.end(measures.map(({ what, measured }) => `${what}: ${measured}`).join('; '));
    return measures;
  } finally {
    await service.stop();
  }
}

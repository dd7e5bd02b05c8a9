import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestCounter } from '../../local/requests/request-counter.ts';
import type { ObservedRequest } from '../../local/requests/request-observers.ts';
import type { ResolvedTemplates } from '../../local/template/resolve-template.ts';
import { Bill } from './bill.ts';
import { listItems } from './list-items.ts';
import { type Load, type PathName, paths } from './paths.ts';
import type { World } from './world.ts';

/** A path that is taken some times, one after the other. */
export interface Row {
  path: PathName;
  load: Load;
  follows?: boolean;
  callsBack?: boolean;
  rounds: number;
  /** So many are handed in at a time. Default: 1. */
  atOnce?: number;
  /** Milliseconds from one of them to the next. Default: 0. */
  everyMs?: number;
}

/** Of one task. */
export interface Counted {
  bill: Bill;
  requests: number;
  /** Receives of workers that found nothing: billed, and not among the requests. */
  emptyPolls: number;
  /** The requests by `<function> <operation>`. */
  operations: Record<string, number>;
}

/** Takes the path, and counts what its tasks cost. Throws where a follower or a receiver was not told of one. */
export async function countRow(world: World, row: Row): Promise<Counted> {
  const { host } = world.service;
  const path = paths[row.path];
  const { atOnce = 1, everyMs = 0, load } = row;
  const callbackUrl = row.callsBack ? world.callbackUrl : undefined;
  const follower = row.follows ? await world.follow() : undefined;
  const webhooksBefore = world.countWebhooks();
  const counter = host.countRequests();
  const accessLogBytes = lengthOfAccessLog(host.templates);
  const all = new Bill();
  const stop = host.observeRequests((request) => {
    if (!isPartOfWork(request, host.scheduledFunctions)) return;
    for (const [item, quantity] of listItems(request)) all.add(item, quantity);
    if (request.kind === 'gateway' && request.operation === 'request')
      all.add('CloudWatch logs', accessLogBytes);
  });
  for (let round = 0; round < row.rounds; round += 1)
    await world.settleAfter(path.calls * atOnce, counter, async () => {
      const runs = Array.from({ length: atOnce }, async (_, index) => {
        if (everyMs > 0) await sleep(index * everyMs);
        await path.run(world, load, callbackUrl);
      });
      await Promise.all(runs);
    });
  counter.stop();
  stop();
  await follower?.stop();
  const tasks = path.tasks * atOnce * row.rounds;
  const told = follower?.ended.size ?? tasks;
  const called = callbackUrl ? world.countWebhooks() - webhooksBefore : tasks;
  if (told < tasks || called < tasks)
    throw new Error(`${row.path}: of ${tasks} tasks ${told} were told, ${called} called back`);
  const bill = new Bill();
  bill.addBill(all, 1 / tasks);
  return {
    bill,
    requests: counter.total('requests') / tasks,
    emptyPolls: counter.total('empty polls') / tasks,
    operations: operationsOf(counter, tasks),
  };
}

/** Of the HTTP API for one request. The local host writes none: each member is reckoned with twenty characters. */
function lengthOfAccessLog(templates: ResolvedTemplates): number {
  const stage = templates
    .ofType('AWS::ApiGatewayV2::Stage')
    .find(({ properties }) => properties.StageName === '$default');
  const format = String(stage?.properties.AccessLogSettings?.Format ?? '');
  return format.replaceAll(/\$context\.\w+(\.\w+)?/g, 'x'.repeat(20)).length;
}

function operationsOf(counter: RequestCounter, tasks: number): Record<string, number> {
  const operations: Record<string, number> = {};
  for (const { line, caller, operation, count } of counter.list()) {
    if (line !== 'requests') continue;
    const name = `${caller.replace('llm-dev-', '')} ${operation}`;
    operations[name] = (operations[name] ?? 0) + count / tasks;
  }
  return operations;
}

/** What schedules run is in the bill of the idle month, and what this bench asks for in none. */
function isPartOfWork({ caller }: ObservedRequest, scheduled: ReadonlySet<string>): boolean {
  return caller !== 'administrator' && !scheduled.has(caller);
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { ResolvedTemplates } from '../../local/template/resolve-template.ts';
import { Bill } from './bill.ts';
import { listItems } from './list-items.ts';
import { paths } from './paths.ts';
import { startWorld } from './world.ts';

const minutes = 730 * 60;
/** Pollers that a mapping of a queue keeps, fewer where their number is not bounded: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const pollers = { bounded: 5, unbounded: 2 };
/** Each waits for a message as long as SQS lets it. */
const pollsPerMinute = 60 / 20;
const scheduleSeconds = 2;
const watchedMs = 20_000;
const smallLoad = { inBytes: 200, outBytes: 100, modelMs: 10 };

/** What a month costs in which nobody asks for anything, of a deployment with three providers that was used before. */
export async function billIdleMonth(): Promise<Bill> {
  const world = await startWorld({
    LLM_PROVIDERS: 'local,kimi,openai',
    KIMI_API_KEY: 'none',
    OPENAI_API_KEY: 'none',
    LLM_LOCAL_SCHEDULE_SECONDS: String(scheduleSeconds),
  });
  const { host } = world.service;
  try {
    const counter = host.countRequests();
    await world.settleAfter(1, counter, () => paths.single.run(world, smallLoad));
    const bill = await billSchedules(world);
    billTemplates(bill, host.templates);
    return bill;
  } finally {
    await world.stop();
  }
}

/** What runs each minute, from a while in which it runs more often. */
async function billSchedules({ service: { host } }: Awaited<ReturnType<typeof startWorld>>): Promise<Bill> {
  const watched = new Bill();
  const metrics = new Set<string>();
  const runs = new Map<string, number>();
  const stop = host.observeRequests((request) => {
    const { kind, caller, text } = request;
    if (!host.scheduledFunctions.has(caller)) return;
    if (kind === 'invocation') runs.set(caller, (runs.get(caller) ?? 0) + 1);
    for (const [item, quantity] of listItems(request)) watched.add(item, quantity);
    for (const name of namesOfMetrics(text)) metrics.add(name);
  });
  await sleep(watchedMs);
  stop();
  const most = Math.max(...runs.values());
  const bill = new Bill();
  bill.addBill(watched, minutes / most);
  bill.add('Scheduler invocations', host.scheduledFunctions.size * minutes);
  bill.add('CloudWatch metrics', metrics.size);
  return bill;
}

/** Of a line in CloudWatch's embedded metric format. */
function namesOfMetrics(text: string | undefined): string[] {
  if (!text?.startsWith('{"_aws"')) return [];
  const { _aws } = JSON.parse(text) as { _aws: { CloudWatchMetrics: { Metrics: { Name: string }[] }[] } };
  return _aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
}

function billTemplates(bill: Bill, templates: ResolvedTemplates): void {
  for (const { properties } of templates.ofType('AWS::CloudWatch::Alarm')) {
    const metrics = properties.Metrics?.filter(({ MetricStat }: { MetricStat?: object }) => MetricStat);
    bill.add('CloudWatch alarms', metrics?.length ?? 1);
  }
  for (const { properties } of templates.ofType('AWS::Lambda::EventSourceMapping')) {
    if (!String(properties.EventSourceArn).startsWith('arn:aws:sqs:')) continue;
    const kept = properties.ScalingConfig ? pollers.bounded : pollers.unbounded;
    bill.add('SQS polls', kept * pollsPerMinute * minutes);
  }
}

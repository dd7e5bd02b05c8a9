// EventBridge Scheduler: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
// Rates are served, such as `rate(1 minute)`.
import type { LambdaHost } from '../lambda/lambda-host.ts';
import type { Log } from '../log.ts';
import type { ResolvedResource } from '../template/resolve-template.ts';
import type { Iam } from './iam.ts';

const unitSeconds: Record<string, number> = { minute: 60, hour: 3600, day: 86_400 };

export class Scheduler {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #lambda: LambdaHost;
  readonly #log: Log;

  constructor(lambda: LambdaHost, log: Log) {
    this.#lambda = lambda;
    this.#log = log;
  }

  /**
   * Starts a schedule. Throws an error that names a schedule which is not served or may not invoke its target.
   * @param seconds replaces the period of the expression, for tests
   */
  add(schedule: ResolvedResource, iam: Iam, seconds?: number): void {
    const { id, properties } = schedule;
    if (properties.State === 'DISABLED') return;
    const [, count, unit = ''] =
      /^rate\((\d+) (minute|hour|day)s?\)$/.exec(properties.ScheduleExpression) ?? [];
    const period = seconds ?? Number(count) * (unitSeconds[unit] ?? Number.NaN);
    if (!(period > 0))
      throw new Error(`Schedule ${id}: ${properties.ScheduleExpression} is not served locally`);
    const { Arn, Input, RoleArn } = properties.Target;
    if (!this.#lambda.has(Arn)) throw new Error(`Schedule ${id}: target ${Arn} is not a function`);
    if (!iam.isAllowed(RoleArn, { action: 'lambda:InvokeFunction', resource: Arn })) {
      throw new Error(`Schedule ${id}: role ${RoleArn} may not invoke ${Arn}`);
    }
    const run = () => {
      this.#log.debug(`Schedule ${id} invokes ${Arn}`);
      this.#lambda.invokeAsync(Arn, Input ?? '{}');
    };
    this.#timers.push(setInterval(run, period * 1000));
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }
}

import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import type { ProviderSettings } from '../../config/settings.ts';
import type { WorkerPlan } from '../../config/worker-plan.ts';
import { allow, parameterArn } from '../service-resources.ts';
import { worker } from '../triggered-functions.ts';
import type { ProviderQueues } from './provider-queues.ts';
import { ServiceFunction, type ServiceFunctionProps } from './service-function.ts';

export interface ProviderWorkerProps extends Omit<ServiceFunctionProps, 'definition' | 'suffix'> {
  provider: ProviderSettings;
  plan: WorkerPlan;
  queues: ProviderQueues;
}

/** The worker of one provider: its function, triggered by its ticket queue. */
export class ProviderWorker extends Construct {
  constructor(scope: Construct, id: string, props: ProviderWorkerProps) {
    super(scope, id);
    const { provider, plan, queues } = props;
    const { function: handler } = new ServiceFunction(this, 'ProcessTask', {
      ...props,
      definition: worker,
      suffix: provider.name,
      variables: { ...props.variables, PROVIDER: provider.name },
      reservedConcurrency: plan.reservedConcurrency ?? undefined,
      // A failover sends a task to another worker's queues, which Lambda would in time take for a loop.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    // Its tickets come by the mapping, which is granted what it does.
    allow(
      handler,
      queues.tasks.map(({ queueArn }) => queueArn),
      'sqs',
      ['ReceiveMessage'],
    );
    if (provider.keyParameter !== undefined)
      allow(handler, [parameterArn(handler, provider.keyParameter)], 'ssm', ['GetParameter']);
    handler.addEventSource(
      new SqsEventSource(queues.tickets, {
        batchSize: plan.batchSize,
        maxConcurrency: plan.maximumConcurrency,
        reportBatchItemFailures: true,
      }),
    );
  }
}

import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import type { ProviderSettings } from '../../config/settings.ts';
import type { WorkerPlan } from '../../config/worker-plan.ts';
import { allow, allowParameter } from '../service-resources.ts';
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
    for (const queue of queues.tasks)
      allow(
        handler,
        queue.queueArn,
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:GetQueueAttributes',
      );
    if (provider.keyParameter !== undefined) allowParameter(handler, provider.keyParameter);
    handler.addEventSource(
      new SqsEventSource(queues.tickets, {
        batchSize: plan.batchSize,
        maxConcurrency: plan.maximumConcurrency,
        reportBatchItemFailures: true,
      }),
    );
  }
}

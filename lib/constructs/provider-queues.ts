import { Duration } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { taskQueueNames } from '../../config/queue-names.ts';
import { workerTimeout } from '../worker-timeout.ts';

export interface ProviderQueuesProps {
  stage: string;
  provider: string;
}

/** The longest that SQS keeps a message: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-queue-parameters.html */
const longestRetention = Duration.days(14);

/** Three task queues, their dead-letter queue, and the ticket queue of a provider. */
export class ProviderQueues extends Construct {
  readonly provider: string;
  /** By priority, most urgent first. */
  readonly tasks: readonly Queue[];
  readonly tickets: Queue;
  readonly dead: Queue;

  constructor(scope: Construct, id: string, props: ProviderQueuesProps) {
    super(scope, id);
    const { stage, provider } = props;
    this.provider = provider;
    const visibilityTimeout = Duration.seconds(workerTimeout + 60);
    const create = (name: string, dead?: Queue): Queue =>
      new Queue(this, `${name.charAt(0).toUpperCase()}${name.slice(1)}`, {
        queueName: `llm-${stage}-${provider}-${name}`,
        retentionPeriod: longestRetention,
        visibilityTimeout,
        enforceSSL: true,
        // Attempts are counted in the table. This bounds the receives of a message; each postponement is one.
        ...(dead && { deadLetterQueue: { queue: dead, maxReceiveCount: 1000 } }),
      });
    this.dead = create('dead');
    this.tasks = taskQueueNames.map((name) => create(name, this.dead));
    // No dead-letter queue: a lost ticket loses no task, and the sweeper sends new ones.
    this.tickets = create('tickets');
  }
}

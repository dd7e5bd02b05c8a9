import { Duration } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { webhookDeliverer } from '../triggered-functions.ts';

/** The queue of webhooks to deliver, and the dead-letter queue that keeps those given up for a replay. */
export class WebhookQueue extends Construct {
  readonly queue: Queue;
  readonly dead: Queue;

  constructor(scope: Construct, id: string, props: { stage: string; tries: number }) {
    super(scope, id);
    const queueName = `llm-${props.stage}-webhooks`;
    const retentionPeriod = Duration.days(14);
    this.dead = new Queue(this, 'Dead', {
      queueName: `${queueName}-dead`,
      retentionPeriod,
      enforceSSL: true,
    });
    this.queue = new Queue(this, 'Queue', {
      queueName,
      retentionPeriod,
      // Six times the function's timeout: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(6 * (webhookDeliverer.timeout ?? 10)),
      enforceSSL: true,
      deadLetterQueue: { queue: this.dead, maxReceiveCount: props.tries },
    });
  }
}

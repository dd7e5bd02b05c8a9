/** The day on which the pages named below were last compared with this table. */
export const pricedOn = '2026-11-22';

interface Price {
  /** US dollars for one. */
  usd: number;
  /** What one is. */
  unit: string;
  source: string;
}

const million = 1e-6;
const gigabyte = 1 / 2 ** 30;
const page = (service: string) => `https://aws.amazon.com/${service}/pricing`;

/**
 * On demand in us-east-1, without free tiers, discounts for volume and taxes. What is not here costs nothing: reads of a
 * table's stream by Lambda, standard parameters of SSM, deletes of S3, what expires, and traffic inside of the region.
 */
export const prices = {
  'DynamoDB writes': { usd: 0.625 * million, unit: 'unit of 1 KB', source: page('dynamodb') },
  'DynamoDB reads': { usd: 0.125 * million, unit: 'unit of 4 KB', source: page('dynamodb') },
  // Point-in-time recovery is $0.20 of it.
  'DynamoDB storage': { usd: 0.45 * gigabyte, unit: 'byte a month', source: page('dynamodb') },
  'SQS requests': { usd: 0.4 * million, unit: 'request or 64 KB of it', source: page('sqs') },
  // Receives of event source mappings that find nothing.
  'SQS polls': { usd: 0.4 * million, unit: 'receive', source: page('sqs') },
  'Lambda invocations': { usd: 0.2 * million, unit: 'invocation', source: page('lambda') },
  'Lambda waiting': { usd: 13.3334 * million, unit: 'GB-second on arm64', source: page('lambda') },
  'Lambda computing': { usd: 13.3334 * million, unit: 'GB-second on arm64', source: page('lambda') },
  'HTTP API requests': { usd: 1 * million, unit: 'request or 512 KB of it', source: page('api-gateway') },
  'WebSocket messages': { usd: 1 * million, unit: 'message or 32 KB of it', source: page('api-gateway') },
  'WebSocket connections': { usd: 0.25 * million, unit: 'minute', source: page('api-gateway') },
  'EventBridge events': { usd: 1 * million, unit: 'event or 64 KB of it', source: page('eventbridge') },
  'Scheduler invocations': { usd: 1 * million, unit: 'invocation', source: page('eventbridge') },
  'S3 writes': { usd: 5 * million, unit: 'PUT or LIST', source: page('s3') },
  'S3 reads': { usd: 0.4 * million, unit: 'GET', source: page('s3') },
  'S3 storage': { usd: 0.023 * gigabyte, unit: 'byte a month', source: page('s3') },
  'CloudWatch logs': { usd: 0.5 * gigabyte, unit: 'byte', source: page('cloudwatch') },
  'CloudWatch alarms': { usd: 0.1, unit: 'metric of an alarm, a month', source: page('cloudwatch') },
  // By the hour, and only for hours in which it is written.
  'CloudWatch metrics': { usd: 0.3, unit: 'metric of its own, a month', source: page('cloudwatch') },
} as const satisfies Record<string, Price>;

export type Item = keyof typeof prices;

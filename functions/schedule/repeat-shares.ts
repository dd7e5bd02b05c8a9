import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { changeFromRecord } from '../../adapters/dynamo-task-changes.ts';
import { Environment, readEnvironment } from '../../config/environment.ts';
import { publishRecords } from '../../core/events/publish-records.ts';
import { type RepeatReport, repeatShares } from '../../core/events/repeat-shares.ts';
import type { ChannelPorts } from '../../core/events/send-share.ts';
import { createCountPorts } from '../count-ports.ts';
import { limitTo } from '../limit-to.ts';
import { createPublishPorts } from '../publish-ports.ts';

const Variables = Environment.pick({
  SETTINGS: true,
  TASK_TABLE: true,
  STATE_TABLE: true,
  WEBHOOK_QUEUE_URL: true,
  SHARE_QUEUE_URL: true,
  EVENT_BUS: true,
  CONNECTIONS_URL: true,
});
const environment = readEnvironment(Variables, process.env);
const logger = new Logger();
const events = createPublishPorts(environment, (error) =>
  logger.error('A share could not be read', { error: error as Error }),
);
const counts = createCountPorts(environment);
const all = { ...events, ...counts.ports };
const ports: typeof all & ChannelPorts = {
  ...all,
  records: (owed, limits) => publishRecords(owed, changeFromRecord, counts.options, all, limits),
};
/** For what was begun. */
const keptMs = 5_000;

/** Scheduler trigger, every minute: sends again what a channel did not take. Mostly there is nothing. */
export const handler = async (_event: unknown, context: Context): Promise<RepeatReport> => {
  const limits = limitTo(context.getRemainingTimeInMillis() - keptMs);
  const report = await repeatShares(ports.shares, ports, limits);
  const { sent, left, errors } = report;
  if (sent + left > 0) logger.info('Shares were sent again', { sent, left });
  for (const [channel, error] of Object.entries(errors))
    logger.warn('A channel still fails', { channel, error: error as Error });
  return report;
};

import type { SQSClient } from '@aws-sdk/client-sqs';
import { Share } from '../core/events/share.ts';
import type { ShareQueue } from '../core/events/share-queue.ts';
import { mapInGroups, pagesBySize } from './pages.ts';
import { jsonText, parseItem } from './parse-item.ts';
import { batchPolicies, sendUntilTaken } from './retry-policy.ts';
import { deleteMessage, postponeMessage, receiveMessages } from './sqs-receive-messages.ts';
import { messagesPerRequest, sendMessages } from './sqs-send-messages.ts';

/** Of a message, and of a request: below what SQS's older limit and its emulators take (256 KB). */
const mostBytes = 240 * 1024;
/** So many owed things make a message: what of it fails again is few. */
const mostOwed = 100;
const requestsAtOnce = 8;

const MessageBody = jsonText(Share);

/** A message of ours, from the body that `put` wrote. Throws an Error that names what is wrong. */
export function parseShare(body: string | undefined): Share {
  return parseItem('The message of a share', MessageBody, body);
}

/** Shares on a standard queue, cut into messages. */
export function createSqsShareQueue(options: {
  client: SQSClient;
  queueUrl: string;
  /** Told of a message that cannot be read. */
  onUnreadable?: (error: unknown) => void;
}): ShareQueue {
  const { client, queueUrl, onUnreadable } = options;
  return {
    async put(shares) {
      const messages = shares.flatMap(cut).map((share) => ({ body: JSON.stringify(share) }));
      const limits = { count: messagesPerRequest, bytes: mostBytes };
      const pages = pagesBySize(messages, limits, ({ body }) => Buffer.byteLength(body));
      const outcomes = await mapInGroups(pages, requestsAtOnce, (page) =>
        sendUntilTaken(page, batchPolicies.sqs, (rest) => sendMessages(client, queueUrl, rest)),
      );
      return outcomes.every(({ left }) => left.length === 0);
    },

    async receive(waitSeconds) {
      const received = await receiveMessages(client, queueUrl, waitSeconds);
      return received.flatMap(({ body, handle, attempt }) => {
        try {
          return { share: parseShare(body), handle, attempt };
        } catch (error) {
          onUnreadable?.(error);
          return [];
        }
      });
    },

    postpone: (handle, milliseconds) => postponeMessage(client, queueUrl, handle, milliseconds),
    delete: (handle) => deleteMessage(client, queueUrl, handle),
  };
}

/** Shares that fit into messages. */
function cut(share: Share): Share[] {
  const limits = { count: mostOwed, bytes: mostBytes - 1024 };
  const owed: unknown[] = share.owed;
  const sizeOf = (each: unknown) => Buffer.byteLength(JSON.stringify(each)) + 1;
  return pagesBySize(owed, limits, sizeOf).map((page) => ({ ...share, owed: page }) as Share);
}

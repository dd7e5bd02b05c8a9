import { createHmac } from 'node:crypto';

/**
 * The headers of Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks, spec): one signature
 * for each key, separated by spaces, each the HMAC-SHA256 of `id.timestamp.body`. `now` is epoch
 * milliseconds, the header seconds.
 */
export function signWebhook(id: string, body: string, keys: Buffer[], now: number): Record<string, string> {
  const timestamp = Math.floor(now / 1000);
  const signatures = keys.map((key) => {
    const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`);
    return `v1,${mac.digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  };
}

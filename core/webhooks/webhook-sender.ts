export type WebhookReply =
  | { kind: 'answered'; status: number }
  /** `forbidden`: the URL leads to an address that may not be called, and nothing was sent. */
  | { kind: 'forbidden' | 'timeout' | 'unreachable'; reason: string };

/** One POST to a receiver. Follows no redirect, keeps nothing of the answer but its status, never throws. */
export interface WebhookSender {
  post(url: string, headers: Record<string, string>, body: string): Promise<WebhookReply>;
}

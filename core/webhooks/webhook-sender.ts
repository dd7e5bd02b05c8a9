export type WebhookReply =
  | { kind: 'answered'; status: number }
  /** `forbidden`: the name leads to an address that may not be called; nothing was sent. */
  | { kind: 'forbidden' | 'timeout' | 'unreachable'; reason: string };

/** One POST to a receiver: no redirect is followed, nothing of the answer but its status is kept. Never throws. */
export interface WebhookSender {
  post(url: string, headers: Record<string, string>, body: string): Promise<WebhookReply>;
}

/**
 * Which task a request made that named no key, for a while: official OpenAI clients repeat a request that broke off, and
 * count its repeats in a header.
 */
export interface Repeats {
  /** Overwrites what was noted for an equal request before. @param until epoch ms */
  note(tenant: string, requestHash: string, taskId: string, until: number): Promise<void>;
  find(tenant: string, requestHash: string, now: number): Promise<string | undefined>;
}

import { join } from 'node:path';
import { startProcess } from '../start-process.ts';

export interface CallRecord {
  task: number;
  /** Really used, as the answer says. */
  tokens: number;
  /** The task's type. */
  type: string;
  /** The first part of the path that was called: the provider, for the service. */
  provider: string;
  /** Epoch milliseconds. */
  startedAt: number;
  /** Null: cut off by its caller, or still running. */
  endedAt: number | null;
}

export interface ProviderReport {
  active: number;
  mostAtOnce: number;
  /** By type and by provider. */
  mostAtOnceOf: Record<string, number>;
  calls: CallRecord[];
}

export interface Answering {
  /** How long an answer takes. */
  serviceMs: number;
  /** Answers that are no JSON. */
  isInvalid?: boolean;
}

export interface RecordingProvider {
  /** The same server under two names, so that two providers of the service can be told apart. */
  baseUrls: { local: string; kimi: string };
  /** Forgets what was recorded, and answers like this from now on. */
  reset(answering: Answering): Promise<void>;
  report(): Promise<ProviderReport>;
  /** Of its process. */
  pid: number;
  stop(): void;
}

export async function startRecordingProvider(): Promise<RecordingProvider> {
  const { child, message } = await startProcess<{ port: number }>(
    join(import.meta.dirname, 'recording-provider.ts'),
  );
  const url = `http://127.0.0.1:${message.port}`;
  return {
    baseUrls: { local: `${url}/local/v1`, kimi: `${url}/kimi/v1` },
    async reset(answering) {
      await fetch(`${url}/control`, { method: 'POST', body: JSON.stringify(answering) });
    },
    pid: child.pid ?? 0,
    report: async () => (await (await fetch(`${url}/report`)).json()) as ProviderReport,
    stop: () => child.disconnect(),
  };
}

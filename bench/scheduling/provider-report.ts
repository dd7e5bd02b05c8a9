import { fork } from 'node:child_process';
import { join } from 'node:path';

export interface CallRecord {
  task: number;
  /** Epoch milliseconds. */
  startedAt: number;
  /** Null: cut off by its caller, or still running. */
  endedAt: number | null;
}

export interface ProviderReport {
  active: number;
  mostAtOnce: number;
  calls: CallRecord[];
}

export interface RecordingProvider {
  baseUrl: string;
  /** Forgets what was recorded; answers take this long from now on. */
  reset(serviceMs: number): Promise<void>;
  report(): Promise<ProviderReport>;
  stop(): void;
}

export async function startRecordingProvider(): Promise<RecordingProvider> {
  const child = fork(join(import.meta.dirname, 'recording-provider.ts'));
  const { port } = await new Promise<{ port: number }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { port: number })).once('error', reject);
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    baseUrl: `${url}/v1`,
    async reset(serviceMs) {
      await fetch(`${url}/control`, { method: 'POST', body: JSON.stringify({ serviceMs }) });
    },
    report: async () => (await (await fetch(`${url}/report`)).json()) as ProviderReport,
    stop: () => child.disconnect(),
  };
}

import { startService } from '../start-service.ts';
import { startThreadProfiles, threadCpuMs, watchThreads } from './threads.ts';

/**
 * The service in its own process, which tells its CPU by function.
 *
 * Arguments: the settings, as JSON.
 */
export type Question = 'threads' | 'profile' | 'profiled';
let stopProfiles: Awaited<ReturnType<typeof startThreadProfiles>> | undefined;

const answers: Record<Question, () => Promise<unknown>> = {
  threads: threadCpuMs,
  async profile() {
    stopProfiles = await startThreadProfiles();
  },
  profiled: async () => stopProfiles?.(),
};

watchThreads();
const service = await startService(JSON.parse(process.argv[2] ?? '{}'));
process.on('message', async ({ id, question }: { id: number; question: Question }) =>
  process.send?.({ id, answer: await answers[question]() }),
);
process.send?.({ url: service.host.url });
process.on('disconnect', async () => {
  await service.stop();
  process.exit(0);
});

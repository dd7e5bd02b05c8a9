import { startService } from '../start-service.ts';

/** The service in its own process, as the gateways beside it are, so that who measures has a processor of its own. */
const [baseUrl = ''] = process.argv.slice(2);
const service = await startService({
  LLM_PROVIDERS: 'local',
  LOCAL_LLM_BASE_URL: baseUrl,
  LLM_CONCURRENCY_LOCAL: '120',
  LLM_MAX_QUEUE_SIZE: '100000',
});
process.send?.({ url: service.host.url });
process.on('disconnect', async () => {
  await service.stop();
  process.exit(0);
});

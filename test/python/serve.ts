import { startService } from '../../bench/start-service.ts';

/**
 * For check_clients.py: serves the simulated provider, and the one at the URL that is the first argument as `local`.
 * Prints where, and ends when its standard input does, so that it never outlives who started it.
 */
const [localUrl = '', token = ''] = process.argv.slice(2);
const service = await startService({
  LLM_PROVIDERS: 'simulated,local',
  LLM_AUTH_TOKEN: token,
  SIMULATED_BASE_URL: 'simulated://default?latency_ms=10',
  LOCAL_BASE_URL: localUrl,
});
process.stdin.resume().once('end', () => service.stop());
console.log(`${service.host.url}/v1`);

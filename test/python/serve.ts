import { startService } from '../../bench/start-service.ts';

/**
 * For local_host.py: serves the simulated provider and, where the second argument is its URL, one more as `local`. The
 * first is the token. Prints where, and ends when its standard input does, so that it never outlives who started it.
 */
const [token = '', localUrl = ''] = process.argv.slice(2);
const service = await startService({
  LLM_PROVIDERS: localUrl ? 'simulated,local' : 'simulated',
  LLM_AUTH_TOKEN: token,
  ...(process.env.WEBHOOK_SECRET && { LLM_WEBHOOK_SECRET: process.env.WEBHOOK_SECRET }),
  SIMULATED_BASE_URL: 'simulated://default?latency_ms=10&tokens_per_second=20000',
  ...(localUrl && { LOCAL_BASE_URL: localUrl }),
});
process.stdin.resume().once('end', () => service.stop());
console.log(service.host.url);

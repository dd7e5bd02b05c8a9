// Whom the host serves. Without a token nothing else tells its owner from a stranger, so it serves this machine alone.
import { isLoopbackName } from './loopback.ts';

/**
 * `token`: whoever has it. `machine`: programs and loopback pages of this machine, under loopback names.
 * `network`: programs of other machines too, as LLM_ALLOW_OPEN_NETWORK asks, but no foreign page.
 */
export type Openness = 'token' | 'machine' | 'network';

/** Throws an error that says what to do where the network would be served without a token. */
export function readOpenness(
  hostname: string,
  environment: Readonly<Record<string, string | undefined>>,
): Openness {
  if (environment.LLM_AUTH_TOKEN?.trim()) return 'token';
  const allowed = ['true', '1'].includes(environment.LLM_ALLOW_OPEN_NETWORK?.trim() ?? '');
  if (isLoopbackName(hostname)) return 'machine';
  if (allowed) return 'network';
  throw new Error(
    `LLM_HOST=${hostname} would serve the network without authentication. Set LLM_AUTH_TOKEN, or ` +
      'LLM_ALLOW_OPEN_NETWORK=true if whoever reaches this address may read every task and spend your keys.',
  );
}

/** What a start says beside the notices of the templates. */
export function describeOpenness(openness: Openness): string[] {
  if (openness !== 'network') return [];
  return ['LLM_ALLOW_OPEN_NETWORK is set: whoever reaches this address may use the service.'];
}

export interface Readiness {
  status: 'ready' | 'not_ready';
  /** Of each check, by its name. */
  checks: Record<string, 'ok' | 'failed'>;
}

/** Runs every check; one that throws has failed. The cause is not answered: the route is public. */
export async function checkReadiness(checks: Record<string, () => Promise<void>>): Promise<Readiness> {
  const names = Object.keys(checks);
  const outcomes = await Promise.allSettled(Object.values(checks).map((check) => check()));
  const isOk = outcomes.map(({ status }) => status === 'fulfilled');
  return {
    status: isOk.every(Boolean) ? 'ready' : 'not_ready',
    checks: Object.fromEntries(names.map((name, index) => [name, isOk[index] ? 'ok' : 'failed'])),
  };
}

export interface Readiness {
  status: 'ready' | 'not_ready';
  /** Of each check, by its name. */
  checks: Record<string, 'ok' | 'failed'>;
}

const keepMs = 5_000;

/** An answer is kept for five seconds: the route is public, and each check costs requests. */
export function createReadinessCheck(
  checks: Record<string, () => Promise<void>>,
  now: () => number,
): () => Promise<Readiness> {
  let kept: { readiness: Promise<Readiness>; until: number } | undefined;
  return () => {
    if (!kept || kept.until <= now()) kept = { readiness: checkReadiness(checks), until: now() + keepMs };
    return kept.readiness;
  };
}

/** Runs every check; one that throws has failed. The cause is not answered: the route is public. */
async function checkReadiness(checks: Record<string, () => Promise<void>>): Promise<Readiness> {
  const names = Object.keys(checks);
  const outcomes = await Promise.allSettled(Object.values(checks).map((check) => check()));
  const isOk = outcomes.map(({ status }) => status === 'fulfilled');
  return {
    status: isOk.every(Boolean) ? 'ready' : 'not_ready',
    checks: Object.fromEntries(names.map((name, index) => [name, isOk[index] ? 'ok' : 'failed'])),
  };
}

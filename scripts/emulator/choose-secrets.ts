import type { SsmParameters } from '../../adapters/ssm-parameters.ts';

export interface Secrets {
  /** LLM_AUTH_TOKEN and LLM_WEBHOOK_SECRET. */
  variables: Record<string, string>;
  /** Names of those that were generated now. */
  generated: string[];
}

/**
 * The token and the webhook secret: those of the environment, else those already deployed (functions keep for
 * minutes what they have read), else new ones, so that authentication and signatures are always in place.
 *
 * @param names SSM parameter names by variable
 * @param randomBase64 answers so many random bytes in base64
 */
export async function chooseSecrets(
  source: Record<string, string | undefined>,
  names: { LLM_AUTH_TOKEN: string; LLM_WEBHOOK_SECRET: string },
  parameters: Pick<SsmParameters, 'read'>,
  randomBase64: (bytes: number) => string,
): Promise<Secrets> {
  const secrets: Secrets = { variables: {}, generated: [] };
  const choose = async (variable: keyof typeof names, make: () => string) => {
    const known = source[variable]?.trim() || (await parameters.read(names[variable]));
    if (!known) secrets.generated.push(variable);
    secrets.variables[variable] = known || make();
  };
  await choose('LLM_AUTH_TOKEN', () => `emulator-${randomBase64(24).replaceAll(/[^A-Za-z0-9]/g, '')}`);
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (the secret's form)
  await choose('LLM_WEBHOOK_SECRET', () => `whsec_${randomBase64(32)}`);
  return secrets;
}

import * as z from 'zod';

/** The emulator to deploy to. */
export interface Emulator {
  /** Origin of its one port, without a slash at the end. */
  endpoint: string;
  /** The same as functions reach it: emulators that run functions in containers have another name there. */
  functionsEndpoint: string;
  region: string;
}

const Variables = z.object({
  AWS_ENDPOINT_URL: z.string().min(1).optional(),
  AWS_REGION: z.string().min(1).default('us-east-1'),
  LLM_EMULATOR_FUNCTIONS_ENDPOINT: z.url().optional(),
  LLM_EMULATOR_ALLOW_REMOTE: z.enum(['true', 'false'], 'must be true or false').default('false'),
});

/**
 * Reads AWS_ENDPOINT_URL, AWS_REGION, LLM_EMULATOR_FUNCTIONS_ENDPOINT and LLM_EMULATOR_ALLOW_REMOTE.
 * Throws an Error that says which of them is wrong, so that this command never deploys to AWS.
 */
export function readEmulator(source: Record<string, string | undefined>): Emulator {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = Variables.safeParse(given);
  if (!parsed.success)
    throw new Error(
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'),
    );
  const variables = parsed.data;
  if (variables.AWS_ENDPOINT_URL === undefined)
    throw new Error('AWS_ENDPOINT_URL is not set: name the emulator, for example http://127.0.0.1:4566');
  const endpoint = readOrigin(variables.AWS_ENDPOINT_URL);
  if (!isLoopback(endpoint) && variables.LLM_EMULATOR_ALLOW_REMOTE !== 'true')
    throw new Error(
      `AWS_ENDPOINT_URL=${endpoint.origin} is not this machine. If it is an emulator all the same, set LLM_EMULATOR_ALLOW_REMOTE=true`,
    );
  return {
    endpoint: endpoint.origin,
    functionsEndpoint: variables.LLM_EMULATOR_FUNCTIONS_ENDPOINT?.replace(/\/$/, '') ?? endpoint.origin,
    region: variables.AWS_REGION,
  };
}

function readOrigin(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== '/')
    throw new Error(`AWS_ENDPOINT_URL=${text} must be a URL such as http://127.0.0.1:4566, without a path`);
  if (/(^|\.)(amazonaws\.com(\.cn)?|on\.aws|aws\.dev)$/.test(url.hostname))
    throw new Error(`AWS_ENDPOINT_URL=${text} is AWS itself: deploy there by \`npx cdk deploy\``);
  return url;
}

function isLoopback({ hostname }: URL): boolean {
  return (
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname) ||
    // Reserved for loopback by RFC 6761; LocalStack's own domain resolves to 127.0.0.1.
    /(^|\.)(localhost|localhost\.localstack\.cloud)$/.test(hostname)
  );
}

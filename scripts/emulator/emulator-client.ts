import type { Emulator } from './read-emulator.ts';

/** Emulators accept any key; LocalStack reads an account id from it, which `test` leaves at 000000000000. */
export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Options of every SDK client here, whatever is configured in the shell. */
export function clientOptions({ endpoint, region }: Emulator) {
  return { endpoint, region, credentials, maxAttempts: 2 };
}

/**
 * An authorization header for services whose SDK client is no dependency. Emulators have one port and find
 * the service by the scope of the signature, which they do not check.
 */
export function authorizationFor(service: string, { region }: Emulator): string {
  const scope = `${credentials.accessKeyId}/20260101/${region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
}

/** Calls an action of an AWS Query API; answers its XML. Throws an Error that quotes the emulator. */
export async function callQuery(
  emulator: Emulator,
  service: 'cloudformation' | 'sts',
  action: string,
  version: string,
  parameters: Record<string, string> = {},
): Promise<string> {
  const response = await fetch(emulator.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: authorizationFor(service, emulator),
    },
    body: new URLSearchParams({ Action: action, Version: version, ...parameters }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${action} was answered by ${response.status}: ${text.slice(0, 500)}`);
  return text;
}

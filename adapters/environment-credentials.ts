import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Stands for `@aws-sdk/credential-provider-node` in the bundles of functions (lib/bundle-functions.ts). Lambda gives a
 * function its credentials by variables, as emulators and the local host do: what the SDK would try after them (profiles,
 * single sign-on, web identities, containers, instances) is for other places, and 200 KB.
 */
export function defaultProvider(): ReturnType<typeof fromEnv> {
  const read = fromEnv();
  let credentials: ReturnType<typeof read> | undefined;
  // As the SDK's own does with what has no end: they are those of the environment for as long as it lives.
  return () => {
    credentials ??= read();
    return credentials;
  };
}

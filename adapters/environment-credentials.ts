import { fromEnv } from '@aws-sdk/credential-provider-env';
import { once } from './once.ts';

/**
 * Stands for `@aws-sdk/credential-provider-node` in the bundles of functions (lib/bundle-functions.ts). Lambda gives a
 * function its credentials by variables, as emulators and the local host do: what the SDK would try after them (profiles,
 * single sign-on, web identities, containers, instances) is for other places, and 200 KB. They are read once, as the SDK's own
 * does with what has no end: they are those of the environment for as long as it lives.
 */
export const defaultProvider = () => once(fromEnv());

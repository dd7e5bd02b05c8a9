import type { Settings } from './settings.ts';

declare const DEPLOYED_SETTINGS: string;

/** As config/deployed.ts, in a file of its own: most functions need the settings alone, and bundles share files. */
export const readDeployedSettings = (): Settings => JSON.parse(DEPLOYED_SETTINGS);

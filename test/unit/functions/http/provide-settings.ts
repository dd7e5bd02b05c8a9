import type { Settings } from '../../../../config/settings.ts';
import { makeSettings } from '../../../fakes/submission-rules.ts';

/** Settings for functions that are read from now on, as their bundles have them. */
export function provideSettings(changes: Partial<Settings>): void {
  (globalThis as { DEPLOYED_SETTINGS?: string }).DEPLOYED_SETTINGS = JSON.stringify(makeSettings(changes));
}

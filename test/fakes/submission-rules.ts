import { createJsonSchemas } from '../../adapters/json-schemas.ts';
import { providers } from '../../config/providers.ts';
import { routingWeights } from '../../config/routing.ts';
import { Settings } from '../../config/settings.ts';
import { createSubmissionRules } from '../../config/submission-rules.ts';
import type { SubmissionRules } from '../../core/tasks/prepare-task.ts';
import { unlimited } from '../../core/tenants/tenant-limits.ts';

/** Settings of a service with two providers, simulated and kimi, that only takes callbacks to public https. */
export function makeSettings(changes: Partial<Settings> = {}): Settings {
  return Settings.parse({
    stage: 'test',
    version: '1.2.3',
    providers: [
      { name: 'simulated', concurrencyLimit: 10 },
      { name: 'kimi', concurrencyLimit: 5, keyParameter: '/llm-service/test/kimi/api-key' },
    ],
    taskTimeoutMs: 300_000,
    maxQueueSize: 1_000,
    maxWorkers: null,
    retentionMs: 7 * 86_400_000,
    cacheTtlMs: 86_400_000,
    open: true,
    webhooks: { allowHttp: false, allowPrivate: false },
    busEvents: [],
    ...changes,
  });
}

const builtIn = { providers, ownTypes: [], routingWeights, tenants: {} };

export function makeRules(
  changes: Partial<SubmissionRules> = {},
  settings: Settings = makeSettings(),
): SubmissionRules {
  return { ...createSubmissionRules(settings, builtIn, createJsonSchemas(), unlimited), ...changes };
}

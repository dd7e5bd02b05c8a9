import type { Provider } from '../core/providers/provider.ts';
import { findNearest } from './nearest-name.ts';
import { baseUrlVariables, keyVariable, modelsVariable, variablePrefix } from './provider-variables.ts';
import { present, SettingsVariables, type Variables } from './settings-variables.ts';

/** Of the local host, and secrets: the schema does not have them. */
export const hostVariables = [
  'LLM_AUTH_TOKEN',
  'LLM_WEBHOOK_SECRET',
  'LLM_PORT',
  'LLM_HOST',
  'LLM_ALLOW_OPEN_NETWORK',
  'LLM_DATA_DIR',
  'LLM_LOG_LEVEL',
];

/** Read by the emulator's deployment, the tests, the benchmarks and the clients in README.md. */
const elsewhere = [
  'LLM_LOCAL_SCHEDULE_SECONDS',
  'LLM_LOCAL_OVERPOLL',
  'LLM_EMULATOR_ALLOW_REMOTE',
  'LLM_EMULATOR_FUNCTIONS_ENDPOINT',
  'LLM_BASE_URL',
  'LLM_WS_URL',
  'LLM_STREAM_URL',
  'LLM_E2E_PATIENCE_SECONDS',
  'LLM_FUZZ_RUNS',
];

/** Variables that look like the service's own and are not: each sentence names the nearest one that is. */
export function findMisspelt(source: Variables, providers: readonly Provider[]): string[] {
  const limits = providers.flatMap(({ name }) =>
    ['CONCURRENCY', 'RPM', 'TPM'].map((kind) => `LLM_${kind}_${variablePrefix(name)}`),
  );
  const ofProviders = providers.flatMap(({ name }) => [keyVariable(name), ...baseUrlVariables(name)]);
  ofProviders.push(modelsVariable);
  const known = [...Object.keys(SettingsVariables.shape), ...hostVariables, ...elsewhere, ...limits];
  return Object.keys(source)
    .filter((name) => present(source, name) !== undefined)
    .flatMap((name) => {
      if (known.includes(name) || ofProviders.includes(name)) return [];
      if (/^LLM_/i.test(name)) {
        const nearest = findNearest(name, known);
        return [
          `${name} is no variable of the service and has no effect${nearest ? `: did you mean ${nearest}?` : '.'}`,
        ];
      }
      // Keys and addresses of other programs end alike, so only what is nearly one of ours is told.
      const nearest = /_(API_?KEY|BASE_?URL|LLM_MODELS?)$/i.test(name)
        ? findNearest(name, ofProviders, 2)
        : undefined;
      return nearest ? [`${name} is no variable of the service: did you mean ${nearest}?`] : [];
    });
}

import type { Provider } from '../core/providers/provider.ts';
import { findNearest } from './nearest-name.ts';
import { baseUrlVariables, keyVariable, modelsVariable, variablePrefix } from './provider-variables.ts';
import { present, SettingsVariables, type Variables } from './settings-variables.ts';

/** What the local host alone reads, and what it does without. */
export const localHostDefaults = {
  LLM_PORT: '8080',
  LLM_HOST: '127.0.0.1',
  LLM_ALLOW_OPEN_NETWORK: 'false',
  LLM_DATA_DIR: '.llm-service/data',
  LLM_LOG_LEVEL: 'info',
};

/** Of the local host, secrets, and where the configuration's file is: the schema does not have them. */
export const hostVariables = [
  'LLM_CONFIG_FILE',
  'LLM_AUTH_TOKEN',
  'LLM_WEBHOOK_SECRET',
  ...Object.keys(localHostDefaults),
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
        const nearest = findNearest(name, [...known, ...ofProviders]);
        return [
          `${name} is no variable of the service and has no effect${nearest ? `: did you mean ${nearest}?` : '.'}`,
        ];
      }
      const nearest = findNearestOfOthers(name, known, ofProviders);
      return nearest ? [`${name} is no variable of the service: did you mean ${nearest}?`] : [];
    });
}

/** Other programs have variables of their own, so only what is nearly one of ours is told. */
function findNearestOfOthers(
  name: string,
  known: readonly string[],
  ofProviders: readonly string[],
): string | undefined {
  const nearest = findNearest(name, known, 2);
  if (nearest) return nearest;
  // `KIMI_KEY` and `OPENAI_API_BASE` for what is KIMI_API_KEY and OPENAI_BASE_URL here.
  const [, prefix, ending = ''] =
    /^(.+?)_(?:API_?)?(KEYS?|TOKEN|BASE_?UR[LI]|UR[LI]|BASE|ENDPOINT)$/i.exec(name) ?? [];
  if (prefix === undefined) return undefined;
  const isKey = /^(KEY|TOKEN)/i.test(ending);
  return findNearest(`${prefix}_${isKey ? 'API_KEY' : 'BASE_URL'}`, ofProviders, 1);
}

import type { SettingsVariables } from './settings-variables.ts';

/** What is in force where neither a variable nor the file says anything; absent: no such limit, or what the target says. */
export const settingDefaults = {
  LLM_MAX_QUEUE_SIZE: 10_000,
  LLM_TASK_TIMEOUT: 3_600_000,
  LLM_ENABLE_CORS: true,
  LLM_CORS_ORIGINS: ['*'],
  LLM_ENABLE_WEBSOCKET: true,
  LLM_PROVIDERS: [],
  LLM_TASKS_PER_INVOCATION: 1,
  LLM_LOW_FIRST_EVERY: 8,
  LLM_NORMAL_FIRST_EVERY: 8,
  LLM_SLOTS_KEPT_FOR_SYNC: 0,
  LLM_WHEN_CLIENT_LEAVES: 'cancel',
  LLM_RETENTION: 7 * 86_400_000,
  LLM_CACHE_TTL: 86_400_000,
  LLM_TYPE_LIMITS: {},
  LLM_BUS_EVENTS: ['completed', 'failed', 'cancelled', 'batch.completed'],
  LLM_ALARM_SPEND_PER_HOUR: 10,
} satisfies Partial<SettingsVariables>;

export type SettingValues = SettingsVariables &
  Required<Pick<SettingsVariables, keyof typeof settingDefaults>>;

/** The variables go before the file, and that before the defaults; limits by type are joined, type by type. */
export function mergeSettings(file: SettingsVariables, variables: SettingsVariables): SettingValues {
  return {
    ...settingDefaults,
    ...present(file),
    ...present(variables),
    LLM_TYPE_LIMITS: { ...file.LLM_TYPE_LIMITS, ...variables.LLM_TYPE_LIMITS },
  } as SettingValues;
}

function present(values: SettingsVariables): SettingsVariables {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

import type { SettingsVariables } from '../settings-variables.ts';
import type { ConfigFile } from './config-file.ts';

/** Where the file has what a variable sets. */
export const settingPlaces = {
  LLM_PROVIDERS: ['enabled_providers'],
  LLM_MAX_WORKERS: ['limits', 'max_workers'],
  LLM_TYPE_LIMITS: ['limits', 'types'],
  LLM_MAX_QUEUE_SIZE: ['limits', 'max_queue_size'],
  LLM_TASK_TIMEOUT: ['limits', 'task_timeout'],
  LLM_RETENTION: ['retention'],
  LLM_CACHE_TTL: ['cache', 'ttl'],
  LLM_TASKS_PER_INVOCATION: ['scheduling', 'tasks_per_invocation'],
  LLM_LOW_FIRST_EVERY: ['scheduling', 'low_first_every'],
  LLM_NORMAL_FIRST_EVERY: ['scheduling', 'normal_first_every'],
  LLM_SLOTS_KEPT_FOR_SYNC: ['scheduling', 'slots_kept_for_sync'],
  LLM_WHEN_CLIENT_LEAVES: ['scheduling', 'when_client_leaves'],
  LLM_ENABLE_CORS: ['cors', 'enabled'],
  LLM_CORS_ORIGINS: ['cors', 'origins'],
  LLM_ENABLE_WEBSOCKET: ['websocket', 'enabled'],
  LLM_WEBHOOK_ALLOW_HTTP: ['webhooks', 'allow_http'],
  LLM_WEBHOOK_ALLOW_PRIVATE: ['webhooks', 'allow_private'],
  LLM_WEBHOOK_PORTS: ['webhooks', 'ports'],
  LLM_WEBHOOK_RETRY_DELAYS: ['webhooks', 'retry_delays'],
  LLM_BUS_EVENTS: ['events', 'bus'],
  LLM_ALARM_SPEND_PER_HOUR: ['alarms', 'spend_per_hour'],
} as const satisfies Record<keyof SettingsVariables, readonly string[]>;

/** The file's settings, by the names of their variables. */
export function settingsOf(file: ConfigFile): SettingsVariables {
  const values = Object.entries(settingPlaces).map(([name, place]) => [
    name,
    place.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], file),
  ]);
  return Object.fromEntries(values);
}

// What several of OpenAI's operations say.

export const openaiOptions =
  '`model` is `auto`, a model’s name, `<provider>/<model>` or `<provider>/auto`. `service_tier` `flex` is ' +
  'priority `low`, `default` is `normal`; without it a caller who waits has `high`. Options of this service ' +
  'may stand beside OpenAI’s in the body, or in headers `x-llm-<name>` with dashes: `strategy`, `timeout`, ' +
  '`failover`, `cache_enabled`, `max_retries`, `provider`, `priority`, `callback_url`, `callback_events`.';

export const openaiHeaders = {
  'x-llm-task-id': 'The task: `GET /api/v1/tasks/{task_id}` reads it',
  'x-llm-provider': 'Who answers, or answered',
};

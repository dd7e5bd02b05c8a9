import type { FoundModel } from '../../core/providers/found-models.ts';

const shown = 8;

/** What a server of one's own was found to have, for a reader of a terminal. */
export function describeModels(
  place: string,
  models: readonly FoundModel[],
  wanted: readonly string[],
): string[] {
  const known = models.slice(0, shown).map(describe).join(', ');
  const more = models.length > shown ? ` and ${models.length - shown} more` : '';
  const missing = wanted.filter((name) => !models.some((model) => model.name === name));
  return [
    `${place}: ${models.length === 1 ? '1 model' : `${models.length} models`}: ${known}${more}`,
    ...missing.map((name) => `LOCAL_LLM_MODEL names ${name}, which that server does not list`),
  ];
}

function describe({ name, contextWindow, kind }: FoundModel): string {
  const window =
    contextWindow === undefined ? 'window not told' : `${contextWindow.toLocaleString('en')} tokens`;
  return `${name} (${kind === 'embedding' ? 'embeddings, ' : ''}${window})`;
}

/** Why nothing was found. */
export function describeSilence(place: string, error: unknown): string {
  const { cause, message, name } = error as Error & { cause?: { code?: unknown } };
  const reason = typeof cause?.code === 'string' ? cause.code : message;
  const isSilent = cause !== undefined || name === 'TimeoutError';
  return isSilent
    ? `${place}: nobody answers (${reason}); tasks for it wait, and start within seconds of its start`
    : `${place}: no list of models: ${reason}; requests name the model of LOCAL_LLM_MODEL, or "default"`;
}

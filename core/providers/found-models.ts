import type { EnabledProvider } from './enabled-provider.ts';
import type { ProviderModel } from './provider.ts';

/** A model that a server says it has. */
export interface FoundModel {
  name: string;
  /** Tokens of prompt and answer together; absent: it does not say. */
  contextWindow?: number | undefined;
  /** Absent: it does not say, and takes chats in all likelihood. */
  kind?: ProviderModel['kind'] | undefined;
}

/** What a provider's own server says it has, kept for all functions. */
export interface FoundModels {
  /** Writes only what is new. */
  note(provider: string, models: readonly FoundModel[]): Promise<void>;
}

/**
 * A provider's models: those that the configuration names, else those that its server was found to have, else those of
 * its definition. What its definition says of its default model holds for each that is found.
 */
export function modelsOf(
  { definition, settings }: EnabledProvider,
  found: readonly FoundModel[] | undefined,
): readonly ProviderModel[] {
  if (!definition.findsModels) return definition.models;
  const listed: readonly FoundModel[] = settings.models?.map((name) => ({ name })) ?? found ?? [];
  const template = definition.models.find(({ name }) => name === definition.defaultModel);
  if (!template || listed.length === 0) return definition.models;
  return listed.map(({ name }) => {
    const { contextWindow = template.contextWindow, kind = template.kind } =
      found?.find((each) => each.name === name) ?? {};
    return { ...template, name, contextWindow, kind };
  });
}

/** Whether it is known which models a provider has, so that any other name is a mistake. */
export function knowsModels(
  { definition, settings }: EnabledProvider,
  found: readonly FoundModel[] | undefined,
): boolean {
  return !definition.findsModels || settings.models !== undefined || (found?.length ?? 0) > 0;
}

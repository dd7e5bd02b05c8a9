import type { EnabledProvider } from '../providers/enabled-provider.ts';
import { knowsModels, modelsOf } from '../providers/found-models.ts';
import type { ProviderModel } from '../providers/provider.ts';
import type { ProviderState } from '../providers/provider-states.ts';
import { ServiceError } from '../service-error.ts';
import type { RoutingDecision } from '../tasks/task.ts';
import { forbidden } from '../tenants/check-choice.ts';
import { type Candidate, estimateCandidates, type Offer } from './estimate-candidates.ts';
import type { RoutingRequest } from './routing-request.ts';

type Exclusion = RoutingDecision['excluded'][number];

/** Reasons that leave a candidate out only while another one is left; the milder one first. */
const softReasons = ['temperature_refused', 'circuit_open'] as const;

/**
 * Every model that can do the task. One that refuses the temperature asked for, or whose provider's circuit
 * is open, is left out unless it is pinned or nothing else is left.
 */
export function listCandidates(
  request: RoutingRequest,
  enabled: readonly EnabledProvider[],
  states: ReadonlyMap<string, ProviderState>,
  now: number,
): { candidates: Candidate[]; excluded: Exclusion[] } {
  const { config, kind = 'chat' } = request;
  const isOnlyOne = enabled.length === 1;
  const all = enabled.flatMap((provider) =>
    offersOf(provider, states.get(provider.definition.name), config, kind, isOnlyOne),
  );
  const ofKind = all.filter((offer) => offer.model.kind === kind || offer.isUnlisted);
  checkPin(all, ofKind, enabled, request);
  const offers = permitted(ofKind, request);
  const weighed = offers.map((offer) => {
    const state = states.get(offer.provider.definition.name);
    return { offer, state, reason: reasonAgainst(offer, request, state, now) };
  });
  const fitting = weighed.filter(({ reason }) => reason !== 'context_too_small');
  if (!fitting.some(({ offer }) => config.failover || isWanted(offer, config)))
    throw tooLarge(request.estimatedTokens);

  let kept = fitting.filter(({ offer, reason }) => reason === undefined || isPinnedOffer(offer, config));
  for (const soft of softReasons)
    if (kept.length === 0) kept = fitting.filter(({ reason }) => reason === soft);
  return {
    candidates: estimateCandidates(kept, request, now),
    excluded: summarize(
      weighed.filter((entry) => !kept.includes(entry)),
      offers,
    ),
  };
}

type Config = RoutingRequest['config'];
type Kind = ProviderModel['kind'];

/** A model that its server runs though no definition lists it may be of any kind. */
type ListedOffer = Offer & { isUnlisted?: boolean };

function offersOf(
  provider: EnabledProvider,
  state: ProviderState | undefined,
  config: Config,
  kind: Kind,
  isOnlyOne: boolean,
): ListedOffer[] {
  const { definition } = provider;
  const models = modelsOf(provider, state?.models);
  const offers: ListedOffer[] = models.map((model) => ({ provider, model, modelName: model.name }));
  const isOther = config.model !== undefined && !models.some((model) => model.name === config.model);
  const model =
    models.find((candidate) => kind !== 'chat' && candidate.kind === kind) ??
    definition.models.find((candidate) => candidate.name === definition.defaultModel);
  if (isOther && mayRun(provider, state, config, isOnlyOne) && model && config.model)
    offers.push({ provider, model, modelName: config.model, isUnlisted: true });
  return offers;
}

/**
 * A name alone is enough for a server that may run any model if it was found there. While it is not known what is there,
 * any name will do, unless it may be another provider's, misspelt.
 */
function mayRun(
  provider: EnabledProvider,
  state: ProviderState | undefined,
  { provider: wanted, model }: Config,
  isOnlyOne: boolean,
): boolean {
  if (!provider.definition.anyModel) return false;
  if (wanted !== undefined) return wanted === provider.definition.name;
  const isFound = state?.models?.some(({ name }) => name === model) === true;
  return isFound || (isOnlyOne && !knowsModels(provider, state?.models));
}

function isWanted(offer: Offer, config: Config): boolean {
  return (
    (config.provider === undefined || offer.provider.definition.name === config.provider) &&
    (config.model === undefined || offer.modelName === config.model)
  );
}

function isPinnedOffer(offer: Offer, config: Config): boolean {
  return (config.provider !== undefined || config.model !== undefined) && isWanted(offer, config);
}

function checkPin(
  all: Offer[],
  offers: Offer[],
  enabled: readonly EnabledProvider[],
  { config, kind = 'chat' }: RoutingRequest,
): void {
  if (config.provider !== undefined && !enabled.some(({ definition }) => definition.name === config.provider))
    throw invalid('/config/provider', `is not one of the enabled providers: ${names(enabled)}`);
  if (offers.some((offer) => isWanted(offer, config))) return;
  const what = kind === 'chat' ? 'a model for chats' : 'an embedding model';
  if (config.model !== undefined && all.some((offer) => isWanted(offer, config)))
    throw invalid('/config/model', kind === 'chat' ? 'is an embedding model' : 'is no embedding model');
  if (config.model !== undefined)
    throw invalid('/config/model', 'is not a model of an enabled provider; GET /api/v1/providers lists them');
  if (config.provider !== undefined) throw invalid('/config/provider', `does not have ${what}`);
  throw new ServiceError('no_provider_available', `No enabled provider has ${what}`, {
    retryable: true,
  });
}

/** What the tenant may have of them. Throws `forbidden` where that is nothing, or not what it pins. */
function permitted(offers: ListedOffer[], { config, permits }: RoutingRequest): ListedOffer[] {
  if (!permits) return offers;
  const left = offers.filter(({ provider, modelName }) => permits(provider.definition.name, modelName));
  if (left.some((offer) => isWanted(offer, config))) return left;
  if (config.model !== undefined) throw forbidden('/config/model', 'is not one of the models allowed to it');
  if (config.provider !== undefined)
    throw forbidden('/config/provider', 'is not one of the providers allowed to it');
  throw forbidden('', 'may call no provider and model that could do it');
}

function reasonAgainst(
  offer: Offer,
  { config, estimatedTokens, kind }: RoutingRequest,
  state: ProviderState | undefined,
  now: number,
): string | undefined {
  const { model } = offer;
  // The window of an embedding model is for each of the texts, not for all of them.
  const fits =
    kind === 'embedding' || estimatedTokens.prompt + estimatedTokens.completion <= model.contextWindow;
  if (!fits) return 'context_too_small';
  if (config.maxTokens !== undefined && config.maxTokens > (model.maxOutputTokens ?? model.contextWindow))
    return 'context_too_small';
  if (state && state.circuit !== 'closed' && state.blockedUntil > now) return 'circuit_open';
  if (config.temperature !== undefined && model.refuses.includes('temperature')) return 'temperature_refused';
  return undefined;
}

/** One entry for a provider whose models of the kind are all left out for the same reason, else one for each model. */
function summarize(
  left: { offer: Offer; reason: string | undefined }[],
  offers: readonly Offer[],
): Exclusion[] {
  const lines = new Map<string, Exclusion>();
  for (const { offer, reason } of left) {
    if (reason === undefined) continue;
    const provider = offer.provider.definition.name;
    const same = left.filter((entry) => entry.offer.provider === offer.provider && entry.reason === reason);
    const models = offers.filter((each) => each.provider === offer.provider);
    if (same.length === models.length) lines.set(provider, { provider, reason });
    else lines.set(`${provider}/${offer.modelName}`, { provider, model: offer.modelName, reason });
  }
  return [...lines.values()];
}

function names(enabled: readonly EnabledProvider[]): string {
  return enabled.map(({ definition }) => definition.name).join(', ');
}

function invalid(pointer: string, detail: string): ServiceError {
  return new ServiceError('invalid_request', `${pointer} ${detail}`, { faults: [{ pointer, detail }] });
}

function tooLarge(tokens: RoutingRequest['estimatedTokens']): ServiceError {
  const detail = `about ${tokens.prompt} tokens of input and ${tokens.completion} of output fit no model that may take it`;
  return new ServiceError('invalid_request', `The task is too large: ${detail}`, {
    faults: [{ pointer: '/data', detail }],
  });
}

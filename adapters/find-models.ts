import * as z from 'zod';
import type { FoundModel } from '../core/providers/found-models.ts';

/** Asks a server of one's own, which is near. */
const patienceMs = 3_000;
/** Models whose windows are asked for one by one. */
const mostAsked = 20;
/** More would make the row that they are kept in too large. */
const mostModels = 50;

const window = z.int().positive().optional().catch(undefined);

/** A member of `GET /models`, of whichever server; what it does not say is absent. */
const ListedModel = z.object({
  id: z.string().min(1),
  /** vLLM. */
  max_model_len: window,
  /** llama.cpp: the window that the server was started with, of which each of its slots has a share. */
  meta: z.object({ n_ctx: window }).optional().catch(undefined),
  /** OpenRouter and others. */
  context_length: window,
});
const ModelList = z.object({ data: z.array(z.unknown()) });

/** llama.cpp, `GET /props`: what one conversation may have. */
const Props = z.object({ default_generation_settings: z.object({ n_ctx: z.int().positive() }) });

/** LM Studio, `GET /api/v0/models`. */
const StudioModel = z.object({
  id: z.string(),
  type: z.string().optional(),
  loaded_context_length: window,
  max_context_length: window,
});

/** Ollama, `POST /api/show`. `parameters` are lines of name and value; `model_info` has the length by architecture. */
const Shown = z.object({
  parameters: z.string().optional().catch(undefined),
  model_info: z.record(z.string(), z.unknown()).optional().catch(undefined),
  capabilities: z.array(z.string()).optional().catch(undefined),
});

/** Ollama, `GET /api/ps`: the models that are loaded, with the window that they have. */
const Loaded = z.object({ models: z.array(z.object({ name: z.string(), context_length: window })) });

export interface FindModelsOptions {
  /** As the provider has it, such as http://127.0.0.1:11434/v1. */
  baseUrl: string;
  key?: string | undefined;
}

/**
 * The models of an OpenAI-compatible server and their windows, as far as llama.cpp, Ollama, vLLM or LM Studio say. Throws
 * an Error that says what came instead of a list.
 */
export async function findModels(options: FindModelsOptions): Promise<FoundModel[]> {
  const ask = createAsk(options);
  const answer = await ask(`${options.baseUrl}/models`);
  const list = ModelList.safeParse(answer).data?.data.flatMap(
    (each) => ListedModel.safeParse(each).data ?? [],
  );
  if (!list || list.length === 0) throw new Error('it lists no models');
  const listed = list.slice(0, mostModels).map(({ id, max_model_len, meta, context_length }): FoundModel => {
    return { name: id, contextWindow: max_model_len ?? meta?.n_ctx ?? context_length };
  });
  // vLLM is the one that says all there is to say; each other server has a place of its own.
  if (list.some(({ max_model_len }) => max_model_len !== undefined)) return listed;
  const root = new URL('/', options.baseUrl).origin;
  const more =
    (await askStudio(ask, root)) ??
    (await askLlama(ask, root, listed)) ??
    (await askOllama(ask, root, listed));
  return listed.map((model) => ({ ...model, ...more?.get(model.name) }));
}

type Ask = (url: string, body?: object) => Promise<unknown>;
type More = Map<string, Partial<FoundModel>>;

function createAsk({ key }: FindModelsOptions): Ask {
  return async (url, body) => {
    const response = await fetch(url, {
      headers: {
        ...(key && { authorization: `Bearer ${key}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patienceMs),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`it answers ${response.status}`);
    }
    return (await response.json()) as unknown;
  };
}

/** Undefined: it is another server. */
async function askStudio(ask: Ask, root: string): Promise<More | undefined> {
  const answer = await ask(`${root}/api/v0/models`).catch(() => undefined);
  const list = ModelList.safeParse(answer).data?.data.flatMap(
    (each) => StudioModel.safeParse(each).data ?? [],
  );
  const known = list?.filter(({ max_context_length }) => max_context_length !== undefined);
  if (!known || known.length === 0) return undefined;
  return new Map(
    known.map(({ id, type, loaded_context_length, max_context_length }) => [
      id,
      {
        contextWindow: loaded_context_length ?? max_context_length,
        ...(type === 'embeddings' && { kind: 'embedding' as const }),
      },
    ]),
  );
}

/** One model a server, or one at a time. */
async function askLlama(ask: Ask, root: string, models: FoundModel[]): Promise<More | undefined> {
  const props = Props.safeParse(await ask(`${root}/props`).catch(() => undefined)).data;
  if (!props || models.length !== 1) return undefined;
  const contextWindow = props.default_generation_settings.n_ctx;
  return new Map(models.map(({ name }) => [name, { contextWindow }]));
}

async function askOllama(ask: Ask, root: string, models: FoundModel[]): Promise<More> {
  const more: More = new Map();
  const loaded = Loaded.safeParse(await ask(`${root}/api/ps`).catch(() => undefined)).data?.models;
  for (const { name } of models.slice(0, mostAsked)) {
    const shown = Shown.safeParse(await ask(`${root}/api/show`, { model: name }).catch(() => undefined)).data;
    // Whoever does not know the route does not know it for the others.
    if (!shown) break;
    const { capabilities = [] } = shown;
    const isEmbedding = capabilities.includes('embedding') && !capabilities.includes('completion');
    const contextWindow = loaded?.find((each) => each.name === name)?.context_length ?? windowOf(shown);
    more.set(name, { ...(contextWindow && { contextWindow }), ...(isEmbedding && { kind: 'embedding' }) });
  }
  return more;
}

/** What the model was set to, else the most it was made for. */
function windowOf({ parameters, model_info = {} }: z.infer<typeof Shown>): number | undefined {
  const [, set] = /^num_ctx\s+(\d+)/m.exec(parameters ?? '') ?? [];
  const made = Object.entries(model_info).find(([name]) => name.endsWith('.context_length'))?.[1];
  return window.parse(set === undefined ? made : Number(set));
}

import { estimateTextTokens, textOfMessages } from '../task-types/estimate-tokens.ts';
import type { TokenUsage } from '../tasks/task.ts';
import { addUsage } from './add-usage.ts';
import type { ChatDelta } from './chat.ts';
import type { ChatRequest, EmbeddingRequest, LanguageModel } from './language-model.ts';

export interface CallMeter extends LanguageModel {
  /** Of the calls that ended, and of the one under way what it may have used by now; undefined: none was made. */
  usedSoFar(): TokenUsage | undefined;
}

/**
 * A language model that knows what an attempt's calls used, for one that is cut off: nobody tells then. Of a streamed answer
 * it is the prompt and what was told of the answer, else the prompt and all of the answer that is expected: a provider that
 * is not heard any more mostly writes it to its end, and bills it.
 *
 * @param estimatedTokens of prompt and answer
 */
export function meterCalls(model: LanguageModel, estimatedTokens: number): CallMeter {
  let ended: TokenUsage | undefined;
  let underWay: (() => TokenUsage) | undefined;

  async function meter<Reply extends { usage: TokenUsage }>(
    used: () => TokenUsage,
    call: () => Promise<Reply>,
  ): Promise<Reply> {
    underWay = used;
    const reply = await call();
    underWay = undefined;
    ended = ended ? addUsage(ended, reply.usage) : reply.usage;
    return reply;
  }

  return {
    usedSoFar() {
      const now = underWay?.();
      return ended && now ? addUsage(ended, now) : (ended ?? now);
    },

    complete(request: ChatRequest) {
      const { onDelta } = request;
      let told = '';
      const tell =
        onDelta &&
        ((delta: ChatDelta) => {
          told += textOfDelta(delta);
          onDelta(delta);
        });
      const used = (): TokenUsage => {
        const promptTokens = estimateTextTokens(textOfMessages(request.messages));
        const expected = Math.max(0, estimatedTokens - promptTokens);
        return {
          promptTokens,
          completionTokens: onDelta ? estimateTextTokens(told) : expected,
          estimated: true,
        };
      };
      return meter(used, () => model.complete(tell ? { ...request, onDelta: tell } : request));
    },

    embed(request: EmbeddingRequest) {
      const promptTokens = estimateTextTokens(JSON.stringify(request.input));
      const used = (): TokenUsage => ({ promptTokens, completionTokens: 0, estimated: true });
      return meter(used, () => model.embed(request));
    },
  };
}

/** All that is written: the text, thoughts, calls of tools. */
function textOfDelta({ choices }: ChatDelta): string {
  return choices
    .flatMap(({ delta }) => Object.entries(delta))
    .filter(([name, value]) => name !== 'role' && value !== null && value !== undefined)
    .map(([, value]) => (typeof value === 'string' ? value : JSON.stringify(value)))
    .join('');
}

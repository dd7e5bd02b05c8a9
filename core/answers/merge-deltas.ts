import type { ChatDelta, ChoiceDelta } from '../attempts/chat.ts';

/** Fewer pieces that say the same: a text in several is joined. */
export function mergeDeltas(deltas: readonly ChatDelta[]): ChatDelta[] {
  const merged: ChatDelta[] = [];
  for (const delta of deltas) {
    const last = merged.at(-1);
    const joined = last && join(last, delta);
    if (joined) merged[merged.length - 1] = joined;
    else merged.push(delta);
  }
  return merged;
}

function join(one: ChatDelta, other: ChatDelta): ChatDelta | undefined {
  const before = textOnly(one);
  const after = textOnly(other);
  if (!before || !after || before.index !== after.index) return undefined;
  const content = (before.delta.content ?? '') + (after.delta.content ?? '');
  return { choices: [{ ...before, delta: { content } }] };
}

function textOnly({ choices }: ChatDelta): ChoiceDelta | undefined {
  const [choice] = choices;
  if (!choice || choices.length > 1 || choice.finish_reason !== null || choice.logprobs) return undefined;
  const names = Object.keys(choice.delta);
  return names.length === 1 && typeof choice.delta.content === 'string' ? choice : undefined;
}

/** The text that a piece adds to the first choice. */
export function firstText({ choices }: ChatDelta): string {
  return choices
    .filter(({ index }) => index === 0)
    .map(({ delta }) => (typeof delta.content === 'string' ? delta.content : ''))
    .join('');
}

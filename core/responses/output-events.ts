import { type ItemStatus, type OutputItem, toWireItem, toWirePart } from './response-output.ts';

/** An item of the output as far as it was told. */
interface ToldItem extends OutputItem {
  /** Its place among all that was told. */
  index: number;
  isOpen: boolean;
}

const deltaTypes = {
  reasoning: 'response.reasoning_text',
  text: 'response.output_text',
  refusal: 'response.refusal',
  call: 'response.function_call_arguments',
} as const;

/** The events of a response's output, without their numbers: each item is added, grows, and is done. */
export class OutputEvents {
  /** Those of the present attempt, by id. */
  #items = new Map<string, ToldItem>();
  #count = 0;

  has({ id, kind }: OutputItem): boolean {
    return this.#items.get(id)?.kind === kind;
  }

  /** A piece of an item, which is added where it is new. */
  *extend(item: OutputItem, piece: string, logprobs: unknown[] = []): Generator<object> {
    const found = this.#items.get(item.id);
    // Of what is done there is no more to tell: the end of the response has it.
    if (found && (found.kind !== item.kind || !found.isOpen)) return;
    const told = found ?? (yield* this.#add(item));
    if (piece === '') return;
    told.text += piece;
    told.logprobs.push(...logprobs);
    const withLogprobs = told.kind === 'text' && { logprobs };
    yield { type: `${deltaTypes[told.kind]}.delta`, ...place(told), delta: piece, ...withLogprobs };
  }

  /** The whole of an item: what was not told of it is, and it is done. */
  *finish(item: OutputItem, status: ItemStatus): Generator<object> {
    const before = this.#items.get(item.id)?.text ?? '';
    const rest = item.text.startsWith(before) ? item.text.slice(before.length) : '';
    const isTold = this.#items.get(item.id)?.isOpen === false;
    if (isTold) return;
    yield* this.extend(item, rest, before === '' ? item.logprobs : []);
    const told = this.#items.get(item.id);
    if (told?.isOpen) yield* this.#close(Object.assign(told, { text: item.text }), status);
  }

  /** What is open ends as it is, and what comes is of another attempt. */
  *breakOff(): Generator<object> {
    for (const told of this.#items.values()) if (told.isOpen) yield* this.#close(told, 'incomplete');
    this.#items = new Map();
  }

  *#add(item: OutputItem): Generator<object, ToldItem> {
    for (const before of this.#items.values())
      if (before.isOpen && isWhole(before)) yield* this.#close(before, 'completed');
    const told: ToldItem = { ...item, text: '', logprobs: [], index: this.#count, isOpen: true };
    this.#count += 1;
    this.#items.set(told.id, told);
    const { index } = told;
    yield { type: 'response.output_item.added', output_index: index, item: toWireItem(told, 'in_progress') };
    if (told.kind !== 'call')
      yield { type: 'response.content_part.added', ...place(told), part: toWirePart(told.kind, '') };
    return told;
  }

  *#close(told: ToldItem, status: ItemStatus): Generator<object> {
    told.isOpen = false;
    const { kind, text, name, index, logprobs } = told;
    const at = place(told);
    const type = `${deltaTypes[kind]}.done`;
    if (kind === 'call') yield { type, ...at, arguments: text, name };
    else {
      const part = toWirePart(kind, text, logprobs);
      yield kind === 'refusal'
        ? { type, ...at, refusal: text }
        : { type, ...at, text, ...(kind === 'text' && { logprobs }) };
      yield { type: 'response.content_part.done', ...at, part };
    }
    yield { type: 'response.output_item.done', output_index: index, item: toWireItem(told, status) };
  }
}

function place({ kind, id, index }: ToldItem) {
  return { item_id: id, output_index: index, ...(kind !== 'call' && { content_index: 0 }) };
}

/** Whether nothing more can come of it once another item begins: models go on with calls that they write side by side. */
function isWhole({ kind, text }: ToldItem): boolean {
  if (kind !== 'call') return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

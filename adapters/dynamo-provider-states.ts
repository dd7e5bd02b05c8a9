import type { ProviderState, ProviderStates } from '../core/providers/provider-states.ts';
import type { Priority } from '../core/tasks/task.ts';
import type { Item, ItemKey } from './dynamo-item.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { countLagMs, stateFromItems, stateKeys } from './provider-state-items.ts';

/** A state is this old at most. */
const keepMs = 1_500;

/** A row of another kind that is read with the states, so that it costs no request of its own. */
export interface RowBeside {
  key: ItemKey;
  /** Told of it each time: undefined where there is none. */
  note(item: Item | undefined): void;
}

/** States of the deployment's providers, by one BatchGet every second and a half. */
export function createDynamoProviderStates(options: {
  table: DynamoTable;
  providers: string[];
  now: () => number;
  beside?: readonly RowBeside[];
}): ProviderStates {
  const { table, providers, now, beside = [] } = options;
  let known: { states: Promise<Map<string, ProviderState>>; readAt: number } | undefined;
  let notes: { provider: string; priority: Priority; count: number; at: number }[] = [];
  let current = new Map<string, ProviderState>();

  async function load(): Promise<Map<string, ProviderState>> {
    const at = now();
    const keys = providers.flatMap((provider) => stateKeys(provider, at));
    const rows = await table.getMany([...keys, ...beside.map(({ key }) => key)]);
    for (const { key, note } of beside) note(rows.find(({ pk, sk }) => pk === key.pk && sk === key.sk));
    const states = new Map(providers.map((provider) => [provider, stateFromItems(provider, rows, at)]));
    // Until an accepted task is counted a note stands for it.
    notes = notes.filter((note) => note.at > at - countLagMs);
    for (const note of notes) apply(states, note);
    current = states;
    return states;
  }

  return {
    async read() {
      if (!known || now() - known.readAt >= keepMs) {
        const states = load();
        known = { states, readAt: now() };
        states.catch(() => {
          known = undefined;
        });
      }
      return known.states;
    },

    noteAccepted(provider, priority, count = 1) {
      const note = { provider, priority, count, at: now() };
      notes.push(note);
      apply(current, note);
    },
  };
}

function apply(
  states: Map<string, ProviderState>,
  { provider, priority, count }: { provider: string; priority: Priority; count: number },
): void {
  const state = states.get(provider);
  if (state) state.queued[priority] += count;
}

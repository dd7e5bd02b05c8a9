import { effect, untracked } from '@preact/signals';
import { readTaskTypes } from '../state/task-types.ts';
import { feed, providers, tick, types } from './live.ts';
import { pollAll } from './poll.ts';
import { asksForToken, call, client, config } from './session.ts';

/** As long as the page is open; all begins anew with another token. */
export function startLive(): void {
  setInterval(() => {
    tick.value += 1;
  }, 1000);
  effect(() => {
    // Read here, so that a change of it begins anew.
    void client.value;
    if (!config.value || asksForToken.value) return;
    const stopped = new AbortController();
    // What it reads is no reason to begin anew.
    untracked(() => begin(stopped.signal));
    return () => stopped.abort();
  });
}

function begin(signal: AbortSignal): void {
  void feed.run(signal);
  void pollAll(signal);
  // Of what is named in the form only: without it the form has fewer choices.
  call((service) => service.openapi({ signal }))
    .then((document) => {
      types.value = readTaskTypes(document);
    })
    .catch(() => {});
  call((service) => service.providers({ signal }))
    .then((found) => {
      providers.value = found;
    })
    .catch(() => {});
}

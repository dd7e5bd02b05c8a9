import type { ProviderState } from '../../core/providers/provider-states.ts';

/** Whether anything happened that is worth a line. */
export function isKnown({ requests, processing, queued, hold, circuit }: ProviderState): boolean {
  const waiting = queued.high + queued.normal + queued.low;
  return requests + processing + waiting > 0 || isHeldBack({ hold, circuit });
}

/** Open, half-open, or asked for a pause: `resume` changes something. */
export function isHeldBack({ hold, circuit }: Pick<ProviderState, 'hold' | 'circuit'>): boolean {
  return hold !== null || circuit !== 'closed';
}

const reasons = { circuit_open: 'its calls failed', asked_to_wait: 'it asked for that' } as const;

/** One line: how the provider is doing, and what holds it back. */
export function describeProvider(state: ProviderState): string {
  const { name, circuit, hold, queued, processing, requests, errors, lastError } = state;
  const parts = [
    `circuit ${circuit.replace('_', '-')}`,
    hold && `held back until ${new Date(hold.until).toISOString()}, since ${reasons[hold.reason]}`,
    `${queued.high + queued.normal + queued.low} waiting, ${processing} under way`,
    `${errors} of ${requests} calls failed${lastError === null ? '' : `, the last by ${lastError}`}`,
  ];
  return `${name.padEnd(12)}${parts.filter(Boolean).join('; ')}`;
}

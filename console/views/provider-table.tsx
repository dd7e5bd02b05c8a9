import type { ProviderStatus } from '../../client/wire.ts';
import { statuses } from '../app/live.ts';
import { formats, words } from '../app/preferences.ts';
import { Meter } from '../parts/meter.tsx';
import { Scroll } from '../parts/scroll.tsx';

const priorities = ['high', 'normal', 'low'] as const;

export function ProviderTable() {
  const { providers } = words.value;
  const all = statuses.value;
  const enabled = all?.filter(({ status }) => status !== 'disabled') ?? [];
  const others = (all?.length ?? 0) - enabled.length;
  return (
    <section aria-labelledby="providers" class="panel">
      <header class="panel-head">
        <h2 id="providers">{providers.title}</h2>
        {others > 0 && <small class="hint">{providers.others(others)}</small>}
      </header>
      {all && enabled.length === 0 ? (
        <p class="empty">{providers.none}</p>
      ) : (
        <Scroll label={providers.title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{providers.name}</th>
                <th scope="col">{providers.queue}</th>
                <th scope="col">{providers.slots}</th>
                <th scope="col">{providers.circuit}</th>
                <th scope="col" class="number">
                  {providers.latency}
                </th>
                <th scope="col" class="number">
                  {providers.errors}
                </th>
                <th scope="col" class="number">
                  {providers.cost}
                </th>
              </tr>
            </thead>
            <tbody>
              {enabled.map((status) => (
                <ProviderRow key={status.name} status={status} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

function ProviderRow({ status }: { status: ProviderStatus }) {
  const { providers, priority, tiles } = words.value;
  const own = formats.value;
  const { p50, p95 } = status.latency_ms;
  return (
    <tr>
      <th scope="row">
        <span class={`health health-${status.status}`}>{status.name}</span>
        <small class="detail">{providers.health[status.status]}</small>
      </th>
      <td class="queues">
        {priorities.map((name) => (
          <span key={name} class={`queue queue-${name}`} title={priority[name]}>
            {own.count(status.queued[name])}
          </span>
        ))}
      </td>
      <td>
        <Meter
          label={`${providers.slots}: ${tiles.ofSlots(own.count(status.active), own.count(status.concurrency_limit))}`}
          parts={[{ kind: 'processing', value: status.active }]}
          total={status.concurrency_limit}
        />
        <small class="detail">
          {tiles.ofSlots(own.count(status.active), own.count(status.concurrency_limit))}
        </small>
      </td>
      <td>
        <span class={`circuit circuit-${status.circuit}`}>{providers.circuits[status.circuit]}</span>
        {status.blocked_until && status.blocked_reason && (
          <small class="detail">
            {providers.heldBack(
              providers.reasons[status.blocked_reason],
              own.clock(Date.parse(status.blocked_until)),
            )}
          </small>
        )}
      </td>
      <td class="number">
        {p50 === null || p95 === null ? '–' : `${own.duration(p50)} / ${own.duration(p95)}`}
      </td>
      <td class="number" title={status.last_error ? providers.lastError(status.last_error) : undefined}>
        {own.percent(status.error_rate)}
      </td>
      <td class="number">{own.cost(status.cost_usd)}</td>
    </tr>
  );
}

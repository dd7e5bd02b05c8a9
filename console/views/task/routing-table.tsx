import type { Routing } from '../../../client/wire.ts';
import { formats, words } from '../../app/preferences.ts';
import { Scroll } from '../../parts/scroll.tsx';

export function RoutingTable({ routing }: { routing: Routing }) {
  const { routing: names } = words.value;
  const own = formats.value;
  return (
    <section aria-labelledby="routing">
      <h3 id="routing">{names.title}</h3>
      <p class="detail">
        {names.strategy}: {names.strategies[routing.strategy]}
        {routing.pinned && ` · ${names.pinned}`}
      </p>
      <Scroll label={names.title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{names.rank}</th>
              <th scope="col" class="number">
                {names.score}
              </th>
              <th scope="col" class="number">
                {names.cost}
              </th>
              <th scope="col" class="number">
                {names.wait}
              </th>
              <th scope="col" class="number">
                {names.latency}
              </th>
              <th scope="col" class="number">
                {names.quality}
              </th>
              <th scope="col" class="number">
                {names.errors}
              </th>
            </tr>
          </thead>
          <tbody>
            {routing.ranking.map(({ provider, model, score, reasons }, index) => (
              <tr key={`${provider} ${model}`}>
                <th scope="row">
                  {index + 1}. {provider} <small class="detail">{model}</small>
                </th>
                <td class="number">{score.toFixed(2)}</td>
                <td class="number">{own.cost(reasons.cost_usd)}</td>
                <td class="number">{own.duration(reasons.wait_ms)}</td>
                <td class="number">{own.duration(reasons.latency_ms)}</td>
                <td class="number">{reasons.quality.toFixed(2)}</td>
                <td class="number">
                  {reasons.error_rate === undefined ? '–' : own.percent(reasons.error_rate)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {routing.excluded.length > 0 && (
        <>
          <h4>{names.excluded}</h4>
          <ul>
            {routing.excluded.map(({ provider, model, reason }) => (
              <li key={`${provider} ${model}`}>
                {provider}
                {model && ` · ${model}`}: {names.exclusions[reason] ?? reason}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

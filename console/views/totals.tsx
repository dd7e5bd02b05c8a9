import { stats } from '../app/live.ts';
import { formats, words } from '../app/preferences.ts';

export function Totals() {
  const { totals } = words.value;
  const own = formats.value;
  const all = stats.value;
  const looked = all ? all.cache.hits + all.cache.misses : 0;
  return (
    <section aria-labelledby="totals" class="panel">
      <header class="panel-head">
        <h2 id="totals">{totals.title}</h2>
        {all?.since && <small class="hint">{totals.since(own.moment(Date.parse(all.since)))}</small>}
      </header>
      {all && (
        <div class="thirds">
          <dl class="facts">
            <dt>{totals.ended}</dt>
            <dd>
              {own.count(all.tasks.completed)} / {own.count(all.tasks.failed)} /{' '}
              {own.count(all.tasks.cancelled)}
            </dd>
            <dt>{totals.tokens}</dt>
            <dd>
              {own.short(all.tokens.prompt)} / {own.short(all.tokens.completion)}
            </dd>
            <dt>{totals.cost}</dt>
            <dd>{own.cost(all.cost_usd)}</dd>
            <dt>{totals.cache}</dt>
            <dd>{looked > 0 ? own.percent(all.cache.hits / looked) : '–'}</dd>
          </dl>
          <Bars title={totals.byType} values={all.by_type} />
          <Bars title={totals.byProvider} values={all.by_provider} />
        </div>
      )}
    </section>
  );
}

const mostBars = 6;

function Bars({ title, values }: { title: string; values: Record<string, number> }) {
  const sorted = Object.entries(values)
    .filter(([, value]) => value > 0)
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostBars);
  const [[, most] = ['', 1]] = sorted;
  return (
    <div>
      <h3>{title}</h3>
      {sorted.length === 0 ? (
        <p class="detail">{words.value.totals.nothing}</p>
      ) : (
        <ul class="bars">
          {sorted.map(([name, value]) => (
            <li key={name}>
              <span class="bar" style={{ width: `${(value / most) * 100}%` }} />
              <span class="bar-name">{name}</span>
              <span class="number">{formats.value.count(value)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

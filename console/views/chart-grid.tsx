import { useSignal } from '@preact/signals';
import { ended, gauges, tick } from '../app/live.ts';
import { formats, words } from '../app/preferences.ts';
import { Chart } from '../parts/chart.tsx';
import { Choice } from '../parts/choice.tsx';

const spans = ['60', '300', '900'] as const;
const steps = 60;

export function ChartGrid() {
  void tick.value;
  const span = useSignal<(typeof spans)[number]>('300');
  const { charts, status, priority } = words.value;
  const own = formats.value;
  const now = Date.now();
  const seconds = Number(span.value);
  const points = ended.points(seconds, steps, now);
  const queue = gauges.points(seconds, steps, now);
  const short = (value: number) => own.short(value);
  const cost = (value: number) => own.cost(value);
  return (
    <section aria-labelledby="charts" class="panel">
      <header class="panel-head">
        <h2 id="charts">{charts.label}</h2>
        <small class="hint">{charts.note}</small>
        <Choice
          label={charts.span}
          value={span.value}
          options={spans.map((value) => ({ value, text: charts.spans[Number(value)] ?? value }))}
          onChange={(value) => {
            span.value = value;
          }}
        />
      </header>
      <div class="charts">
        <Chart
          title={charts.throughput}
          unit={charts.throughputUnit}
          at={points.at}
          format={short}
          series={[
            { name: status.completed, color: '--completed', values: points.completed },
            { name: status.failed, color: '--failed', values: points.failed },
            { name: status.cancelled, color: '--cancelled', values: points.cancelled },
          ]}
        />
        <Chart
          title={charts.queue}
          unit={charts.queueUnit}
          at={queue.at}
          format={short}
          series={[
            { name: charts.active, color: '--completed', values: queue.active },
            { name: priority.high, color: '--high', values: queue.high },
            { name: priority.normal, color: '--normal', values: queue.normal },
            { name: priority.low, color: '--low', values: queue.low },
          ]}
        />
        <Percentiles title={charts.latency} at={points.at} p50={points.latencyP50} p95={points.latencyP95} />
        <Percentiles title={charts.wait} at={points.at} p50={points.waitP50} p95={points.waitP95} />
        <Chart
          title={charts.tokens}
          unit={charts.tokensUnit}
          at={points.at}
          format={short}
          series={[
            { name: charts.prompt, color: '--tokens-in', values: points.promptTokens },
            { name: charts.completion, color: '--tokens-out', values: points.completionTokens },
          ]}
        />
        <Chart
          title={charts.cost}
          unit={charts.costUnit}
          at={points.at}
          format={cost}
          top={0.01}
          series={[{ name: charts.cost, color: '--processing', values: points.costUsd }]}
        />
      </div>
    </section>
  );
}

interface PercentilesProps {
  title: string;
  at: number[];
  p50: (number | null)[];
  p95: (number | null)[];
}

/** Durations, of which half and nineteen in twenty are no longer. */
function Percentiles({ title, at, p50, p95 }: PercentilesProps) {
  const { charts } = words.value;
  return (
    <Chart
      title={title}
      at={at}
      format={(value) => formats.value.brief(value)}
      top={1000}
      series={[
        { name: charts.p50, color: '--processing', values: p50 },
        { name: charts.p95, color: '--cancelled', values: p95 },
      ]}
    />
  );
}

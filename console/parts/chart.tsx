import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formats, scheme, words } from '../app/preferences.ts';
import { colorOf } from './colors.ts';

export interface ChartSeries {
  name: string;
  /** Of the style sheet: `--completed`. */
  color: string;
  values: (number | null)[];
}

interface Props {
  title: string;
  unit?: string;
  /** Seconds since 1970. */
  at: number[];
  series: ChartSeries[];
  format: (value: number) => string;
  /** Top of the scale while there is nothing to show. */
  top?: number;
}

const height = 112;

/** Lines over time. Its legend says the last values, or those under the pointer; a summary says it to screen readers. */
export function Chart({ title, unit, at, series, format, top = 1 }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const pointed = useSignal<number | null | undefined>(undefined);
  const latest = useRef({ format });
  latest.current = { format };
  const data: uPlot.AlignedData = [at, ...series.map(({ values }) => values)];

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const made = new uPlot(
      makeOptions(
        element.clientWidth,
        top,
        series,
        (value) => latest.current.format(value),
        (index) => {
          pointed.value = index;
        },
      ),
      data,
      element,
    );
    plot.current = made;
    const resizing = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    resizing.observe(element);
    return () => {
      resizing.disconnect();
      made.destroy();
    };
  }, []);

  useEffect(() => plot.current?.setData(data));
  const drawn = scheme.value;
  useEffect(() => plot.current?.redraw(false, true), [drawn]);

  const { charts } = words.value;
  const index = pointed.value ?? at.length - 1;
  const say = (value: number | null | undefined) => (value == null ? '–' : format(value));
  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-title">{title}</span>
        {unit && <span class="unit">{unit}</span>}
        <span class="legend">
          {series.map(({ name, color, values }) => (
            <span key={color} class={`key key${color}`}>
              {name} <b>{say(values[index])}</b>
            </span>
          ))}
          {pointed.value != null && (
            <span class="key-time">{formats.value.clock((at[index] ?? 0) * 1000)}</span>
          )}
        </span>
      </figcaption>
      <div
        ref={place}
        class="plot"
        role="img"
        aria-label={charts.summary(
          title,
          series
            .map(({ name, values }) => charts.seriesSummary(name, say(values.at(-1)), say(mostOf(values))))
            .join(' '),
        )}
      />
    </figure>
  );
}

function mostOf(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? Math.max(...known) : null;
}

function makeOptions(
  width: number,
  top: number,
  series: ChartSeries[],
  format: (value: number) => string,
  onPoint: (index: number | null | undefined) => void,
): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: () => colorOf('--muted'),
    font: '11px system-ui, sans-serif',
    ticks: { show: false },
    grid: { stroke: () => colorOf('--line'), width: 1 },
  };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { sync: { key: 'time' }, y: false, drag: { x: false, y: false }, points: { size: 5 } },
    scales: { y: { range: (_, _min, most) => [0, most > 0 ? most * 1.1 : top] } },
    axes: [
      {
        ...axis,
        size: 22,
        space: 70,
        grid: { show: false },
        values: (_, times) => times.map((time) => formats.peek().clock(time * 1000)),
      },
      { ...axis, size: 52, space: 28, values: (_, values) => values.map(format) },
    ],
    series: [
      {},
      ...series.map(({ name, color }, index) => ({
        label: name,
        stroke: () => colorOf(color),
        width: 1.5,
        points: { show: false },
        ...(index === 0 && { fill: () => withAlpha(colorOf(color)) }),
      })),
    ],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx)] },
  };
}

function withAlpha(color: string): string {
  return color.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.12)');
}

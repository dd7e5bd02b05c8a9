import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { board, ended, frame } from '../app/live.ts';
import { inView } from '../app/poll.ts';
import { formats, words } from '../app/preferences.ts';
import { Choice } from '../parts/choice.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { TaskCells, TaskHead } from '../parts/task-columns.tsx';
import type { Status, TaskRow } from '../state/task-board.ts';

/** As in the style sheet: `.live td`. */
const rowHeight = 32;
const extraRows = 6;

type Shown = Status | 'all';
const choices: Shown[] = ['all', 'queued', 'processing', 'completed', 'failed', 'cancelled'];

/** Tasks as they happen, the newest first. Only the rows in view are in the page; who scrolls holds the order. */
export function LiveList() {
  void frame.value;
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useSignal<Shown>('all');
  const top = useSignal(0);
  const height = useSignal(400);
  const held = useSignal<TaskRow[] | undefined>(undefined);
  const { list, status } = words.value;
  const count = (value: number) => formats.value.count(value);

  const present = board.list(shown.value === 'all' ? undefined : shown.value);
  const rows = held.value ?? present;
  const first = Math.max(0, Math.floor(top.value / rowHeight) - extraRows);
  const last = Math.min(rows.length, Math.ceil((top.value + height.value) / rowHeight) + extraRows);
  const visible = rows.slice(first, last);
  inView.ids = visible.map(({ id }) => id);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const resizing = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    resizing.observe(element);
    return () => {
      resizing.disconnect();
      inView.ids = [];
    };
  }, [height]);

  const hold = (isHeld: boolean) => {
    held.value = isHeld ? present : undefined;
    if (!isHeld && scroller.current) scroller.current.scrollTop = 0;
  };
  const onScroll = () => {
    top.value = scroller.current?.scrollTop ?? 0;
    if (top.value > 0 && !held.value) held.value = present;
    if (top.value === 0 && held.value && !isHeldByButton.value) held.value = undefined;
  };
  const isHeldByButton = useSignal(false);
  const fresh = held.value ? countNew(present, held.value[0]) : 0;

  return (
    <section aria-labelledby="live" class="panel">
      <header class="panel-head live-head">
        <h2 id="live">{list.title}</h2>
        <Choice
          label={list.filter}
          value={shown.value}
          options={choices.map((value) => ({ value, text: value === 'all' ? list.all : status[value] }))}
          onChange={(value) => {
            shown.value = value;
            held.value = undefined;
          }}
        />
        <button
          type="button"
          aria-pressed={held.value !== undefined}
          onClick={() => {
            isHeldByButton.value = held.value === undefined;
            hold(isHeldByButton.value);
          }}
        >
          {held.value ? list.go : list.hold}
          {fresh > 0 && ` · ${list.held(fresh)}`}
        </button>
      </header>
      <Scroll class="live" element={scroller} onScroll={onScroll} label={list.title}>
        <table aria-rowcount={rows.length + 1}>
          <thead>
            <TaskHead />
          </thead>
          <tbody>
            {first > 0 && <Space rows={first} />}
            {visible.map((row, index) => (
              <tr key={row.id} aria-rowindex={first + index + 2} data-status={row.status}>
                <TaskCells row={row} changes={row.changes} />
              </tr>
            ))}
            {last < rows.length && <Space rows={rows.length - last} />}
          </tbody>
        </table>
        {rows.length === 0 && <p class="empty">{list.none}</p>}
      </Scroll>
      <p class="hint">
        <span class="ended">
          {list.ended(
            count(ended.totals.completed),
            count(ended.totals.failed),
            count(ended.totals.cancelled),
          )}
        </span>{' '}
        {list.bound(count(board.size))}
      </p>
    </section>
  );
}

function countNew(present: readonly TaskRow[], first: TaskRow | undefined): number {
  const at = first ? present.indexOf(first) : -1;
  return at < 0 ? present.length : at;
}

/** In place of rows that are out of view. */
function Space({ rows }: { rows: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
    <tr aria-hidden="true">
      <td colSpan={11} class="space" style={{ height: `${rows * rowHeight}px` }} />
    </tr>
  );
}

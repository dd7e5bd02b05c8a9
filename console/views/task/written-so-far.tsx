import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { words } from '../../app/preferences.ts';
import { runs } from '../../app/runs.ts';
import { client } from '../../app/session.ts';

/** The answer as it is written. What this page streams anyhow is shown from there; else pieces are asked for. */
export function WrittenSoFar({ id }: { id: string }) {
  const { task: names } = words.value;
  const own = runs.value.find(({ taskId }) => taskId === id && taskId !== undefined);
  const text = useSignal('');
  const isOwn = own !== undefined && own.state !== 'submitted';
  useEffect(() => {
    text.value = '';
    if (isOwn) return;
    const stopped = new AbortController();
    void read(id, stopped.signal, (piece, isNew) => {
      text.value = isNew ? piece : text.value + piece;
    });
    return () => stopped.abort();
  }, [id, isOwn, text]);
  const shown = isOwn ? own.text : text.value;
  return (
    <section aria-labelledby="writing">
      <h3 id="writing">{names.writing}</h3>
      {shown === '' ? <p class="detail">{names.waitingForText}</p> : <pre class="writing">{shown}</pre>}
    </section>
  );
}

async function read(
  id: string,
  signal: AbortSignal,
  onPiece: (text: string, isNew: boolean) => void,
): Promise<void> {
  try {
    for await (const frame of client.peek().follow({ taskIds: [id], deltas: true, signal }))
      if (frame.event_type === 'delta') onPiece(frame.content, frame.index === 0);
  } catch {
    // Without pieces the answer comes as a whole.
  }
}

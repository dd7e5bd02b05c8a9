import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { cutBatches, type ReadTasks, readTasks } from '../../../client/task-lines.ts';
import { formats, words } from '../../app/preferences.ts';
import { ErrorNote } from '../../parts/error-note.tsx';
import { exampleBatch } from '../../state/examples.ts';
import { handIn } from './hand-in.ts';
import { LineFaults } from './line-faults.tsx';

/** Read as a whole into the memory of the page. */
const mostBytes = 100_000_000;
interface Chosen extends ReadTasks {
  name: string;
  /** Names this upload to the service, so that a batch whose answer was lost is not made twice. */
  key: string;
}

export function Upload() {
  const { batches: names } = words.value;
  const input = useRef<HTMLInputElement>(null);
  const chosen = useSignal<Chosen | undefined>(undefined);
  const part = useSignal<number | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const isOver = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);

  const take = (name: string, text: string) => {
    const read = readTasks(text);
    error.value = undefined;
    problem.value = read.tasks.length === 0 && read.faults.length === 0 ? names.nothing : undefined;
    chosen.value = problem.value ? undefined : { name, key: randomKey(), ...read };
  };
  const choose = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > mostBytes) {
      problem.value = names.tooMany(formats.value.bytes(mostBytes));
      chosen.value = undefined;
    } else take(file.name, await file.text());
  };
  const send = async ({ name, tasks, key }: Chosen) => {
    error.value = undefined;
    const parts = cutBatches(tasks);
    try {
      for (const [index, lines] of parts.entries()) {
        part.value = index + 1;
        await handIn(name, lines, `${key}-${index}`);
      }
      chosen.value = undefined;
      if (input.current) input.current.value = '';
    } catch (cause) {
      error.value = cause;
    } finally {
      part.value = undefined;
    }
  };
  return (
    <section
      aria-label={names.choose}
      class={`panel upload ${isOver.value ? 'over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => {
        isOver.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        void choose(event.dataTransfer?.files[0]);
      }}
    >
      <p>{names.drop}</p>
      <div class="row">
        <label class="button">
          {names.choose}
          <input
            ref={input}
            class="hidden"
            type="file"
            accept=".jsonl,.ndjson,.json,.txt,application/jsonl"
            onChange={(event) => void choose(event.currentTarget.files?.[0])}
          />
        </label>
        <button type="button" class="quiet" onClick={() => take('example.jsonl', exampleBatch(20))}>
          {names.example}
        </button>
      </div>
      {problem.value && (
        <p role="alert" class="note note-error">
          {problem.value}
        </p>
      )}
      {error.value !== undefined && <ErrorNote error={error.value} scope="submit" />}
      {chosen.value && (
        <Preview
          chosen={chosen.value}
          part={part.value}
          onSend={send}
          onDiscard={() => {
            chosen.value = undefined;
            if (input.current) input.current.value = '';
          }}
        />
      )}
    </section>
  );
}

interface PreviewProps {
  chosen: Chosen;
  part: number | undefined;
  onSend: (chosen: Chosen) => Promise<void>;
  onDiscard: () => void;
}

function Preview({ chosen, part, onSend, onDiscard }: PreviewProps) {
  const { batches: names } = words.value;
  const parts = cutBatches(chosen.tasks).length;
  return (
    <div class="preview">
      <p>
        <b>{chosen.name}</b>: {names.read(formats.value.count(chosen.tasks.length), parts)}
      </p>
      {chosen.faults.length > 0 && (
        <div class="note note-error">
          <p>{names.badLines(chosen.faults.length)}</p>
          <LineFaults faults={chosen.faults} />
        </div>
      )}
      <div class="row">
        <button
          type="button"
          class="primary"
          disabled={part !== undefined || chosen.tasks.length === 0}
          onClick={() => void onSend(chosen)}
        >
          {part === undefined ? names.handIn : names.handingIn(part, parts)}
        </button>
        <button type="button" disabled={part !== undefined} onClick={onDiscard}>
          {names.discard}
        </button>
      </div>
    </div>
  );
}

function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

import { useSignal } from '@preact/signals';
import type { Result, Task, TaskError } from '../../../client/wire.ts';
import { formats, words } from '../../app/preferences.ts';
import { Choice } from '../../parts/choice.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { hasEnded } from '../../state/task-board.ts';
import { WrittenSoFar } from './written-so-far.tsx';

/** What came of it: the answer, why there is none, or what is written so far. */
export function Answer({ task }: { task: Task }) {
  const { task: names } = words.value;
  if (task.error) return <Failure error={task.error} />;
  if (task.result) return <Text result={task.result} />;
  if (!hasEnded(task.status)) return <WrittenSoFar id={task.task_id} />;
  if (task.status === 'completed') return <p class="hint">{names.gone}</p>;
  return null;
}

function Failure({ error }: { error: TaskError }) {
  const { task: names, failures } = words.value;
  return (
    <section class="note note-error">
      <p>
        <code class="code">{error.code}</code> {failures[error.code]}
      </p>
      <p class="detail">{error.message}</p>
      <p class="detail">{error.retryable ? names.retryable : names.notRetryable}</p>
      {error.answer && (
        <>
          <h3>{names.lastAnswer}</h3>
          <pre>{error.answer}</pre>
        </>
      )}
    </section>
  );
}

function Text({ result }: { result: Result }) {
  const { task: names } = words.value;
  const own = formats.value;
  const hasData = result.data !== undefined;
  const kind = useSignal<'data' | 'text'>(hasData ? 'data' : 'text');
  const shown = kind.value === 'data' ? JSON.stringify(result.data, null, 2) : result.content;
  const { prompt_tokens, completion_tokens, estimated } = result.usage;
  return (
    <section aria-labelledby="answer">
      <header class="panel-head">
        <h3 id="answer">{names.answer}</h3>
        {hasData && (
          <Choice
            label={names.answer}
            value={kind.value}
            options={[
              { value: 'data', text: names.answerData },
              { value: 'text', text: names.answerText },
            ]}
            onChange={(value) => {
              kind.value = value;
            }}
          />
        )}
        <CopyButton text={shown} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre tabIndex={0}>{shown}</pre>
      <p class="detail">
        {[
          names.usage(own.count(prompt_tokens), own.count(completion_tokens)) +
            (estimated ? ` (${names.estimated})` : ''),
          own.cost(result.cost_usd),
          result.cached ? names.cached : own.duration(result.latency_ms),
          `${names.finish} ${result.finish_reason}`,
        ].join(' · ')}
      </p>
      {result.repairs && result.repairs.length > 0 && (
        <>
          <h3>{names.repairs}</h3>
          <ul>
            {result.repairs.map(({ pointer, detail }) => (
              <li key={pointer}>
                <code>{pointer || '/'}</code> {detail}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

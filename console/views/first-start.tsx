import { statuses } from '../app/live.ts';
import { words } from '../app/preferences.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { writeRoute } from '../state/route.ts';

export function FirstStart() {
  const { start } = words.value;
  const command = `curl -s ${location.origin}/api/v1/tasks -d '{"type":"custom","prompt":"Name three rivers."}'`;
  const enabled = statuses.value?.filter(({ status }) => status !== 'disabled') ?? [];
  const isSimulated = enabled.length === 1 && enabled[0]?.name === 'simulated';
  return (
    <section aria-labelledby="start" class="panel start">
      <h2 id="start">{start.title}</h2>
      <p>{start.lead}</p>
      <ol>
        <li>
          <span class="start-text">{start.submit}</span>
          <a class="button primary" href={writeRoute({ view: 'submit' })}>
            {start.submitButton}
          </a>
        </li>
        <li>
          <span class="start-text">{start.batch}</span>
          <a class="button" href={writeRoute({ view: 'batches' })}>
            {start.batchButton}
          </a>
        </li>
        <li>
          <span class="start-text">{start.curl}</span>
          <CopyButton text={command} />
          <code class="command">{command}</code>
        </li>
      </ol>
      {isSimulated && <p class="hint">{start.simulated}</p>}
    </section>
  );
}

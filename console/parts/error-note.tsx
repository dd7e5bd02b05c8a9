import { describeError, type Scope } from '../app/describe-error.ts';
import { words } from '../app/preferences.ts';
import { config } from '../app/session.ts';

interface Props {
  error: unknown;
  scope: Scope;
  onRetry?: (() => void) | undefined;
}

/** What went wrong and what to do. */
export function ErrorNote({ error, scope, onRetry }: Props) {
  const isOpen = config.value?.authentication === 'none';
  const { advice, detail, faults, requestId } = describeError(error, scope, isOpen, words.value);
  return (
    <div class="note note-error" role="alert">
      <p>{advice}</p>
      {detail && <p class="detail">{detail}</p>}
      {faults.length > 0 && (
        <ul>
          {faults.map((fault) => (
            <li key={fault.pointer}>
              <code>{fault.pointer}</code> {fault.detail}
            </li>
          ))}
        </ul>
      )}
      {requestId && <p class="detail">{words.value.errors.request(requestId)}</p>}
      {onRetry && (
        <button type="button" onClick={onRetry}>
          {words.value.errors.retry}
        </button>
      )}
    </div>
  );
}

import { types } from '../../app/live.ts';
import { words } from '../../app/preferences.ts';
import { submitAndWatch, submitOnly } from '../../app/runs.ts';
import { Choice } from '../../parts/choice.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { ErrorNote } from '../../parts/error-note.tsx';
import { Field } from '../../parts/field.tsx';
import type { Field as FieldName } from '../../state/request-form.ts';
import { readForm } from '../../state/request-form.ts';
import { DataFields } from './data-fields.tsx';
import {
  change,
  fillInExample,
  form,
  formFaults,
  isSubmitting,
  refusal,
  refusals,
  send,
} from './form-state.ts';
import { OptionFields } from './option-fields.tsx';

export function SubmitForm() {
  const { form: names, priority } = words.value;
  const values = form.value;
  const known = types.value.length > 0 ? types.value : [{ name: 'custom', title: 'Custom', needs: 'prompt' }];
  const chosen = known.find(({ name }) => name === values.type);
  const isFaulty = formFaults.value.length > 0 || Object.keys(refusals.value).length > 0;
  return (
    <section aria-labelledby="submit" class="panel">
      <header class="panel-head">
        <h2 id="submit">{names.title}</h2>
        <button type="button" class="quiet" onClick={fillInExample}>
          {names.example}
        </button>
      </header>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send(submitAndWatch);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send(submitAndWatch);
        }}
      >
        {isFaulty && (
          <p role="alert" class="note note-error">
            {names.faults}
          </p>
        )}
        {refusal.value !== undefined && <ErrorNote error={refusal.value} scope="submit" />}
        <Field
          label={names.type}
          hint={chosen?.needs === 'prompt' ? names.needsPrompt : names.needsData}
          fault={faultOf('type')}
        >
          {(attributes) => (
            <select
              {...attributes}
              value={values.type}
              onChange={(event) => change({ type: event.currentTarget.value })}
            >
              {known.map(({ name, title }) => (
                <option key={name} value={name} selected={name === values.type}>
                  {title} ({name})
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={names.prompt} hint={names.promptHint} fault={faultOf('prompt')}>
          {(attributes) => (
            <textarea
              {...attributes}
              rows={3}
              value={values.prompt}
              onInput={(event) => change({ prompt: event.currentTarget.value })}
            />
          )}
        </Field>
        <DataFields faultOf={faultOf} />
        <Choice
          label={names.priority}
          shown
          value={values.priority}
          options={(['high', 'normal', 'low'] as const).map((value) => ({ value, text: priority[value] }))}
          onChange={(value) => change({ priority: value })}
        />
        <OptionFields faultOf={faultOf} />
        <div class="row">
          <button type="submit" class="primary" disabled={isSubmitting.value}>
            {names.watch}
          </button>
          <button type="button" disabled={isSubmitting.value} onClick={() => void send(submitOnly)}>
            {names.submit}
          </button>
        </div>
        <p class="hint">{names.watchHint}</p>
        <Command />
      </form>
    </section>
  );
}

/** What is at fault with a field, in words. */
function faultOf(field: FieldName): string | undefined {
  const { form: names } = words.value;
  const fault = formFaults.value.find((each) => each.field === field);
  if (!fault) return refusals.value[field];
  if (fault.kind === 'json') return names.notJson(fault.detail);
  return fault.kind === 'number' ? names.notNumber(fault.detail) : names.notPair(fault.detail);
}

/** The same task for a terminal. */
function Command() {
  const { request } = readForm(form.value);
  if (!request) return null;
  const body = JSON.stringify(request).replaceAll("'", "'\\''");
  const command = `curl -s ${location.origin}/api/v1/tasks -d '${body}'`;
  return (
    <details>
      <summary>{words.value.form.curl}</summary>
      <code class="command">{command}</code>
      <CopyButton text={command} />
    </details>
  );
}

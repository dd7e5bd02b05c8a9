import { useSignal } from '@preact/signals';
import { rememberBatch } from '../app/batch-memory.ts';
import { batches, frame } from '../app/live.ts';
import { words } from '../app/preferences.ts';
import { Field } from '../parts/field.tsx';
import { BatchItem } from './batches/batch-item.tsx';
import { Upload } from './batches/upload.tsx';

export function BatchesView() {
  void frame.value;
  const { batches: names } = words.value;
  const rows = batches.list();
  return (
    <>
      <Upload />
      <section aria-labelledby="batches" class="panel">
        <header class="panel-head">
          <h2 id="batches">{names.title}</h2>
        </header>
        <FollowForm />
        {rows.length === 0 && <p class="empty">{names.none}</p>}
        <ul class="batches">
          {rows.map((row) => (
            <BatchItem key={row.id} row={row} />
          ))}
        </ul>
      </section>
    </>
  );
}

function FollowForm() {
  const { batches: names, search } = words.value;
  const fault = useSignal<string | undefined>(undefined);
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        const id = String(new FormData(form).get('id')).trim();
        fault.value = id.startsWith('batch_') ? undefined : search.idFault;
        if (fault.value) return;
        const row = batches.tell(id);
        row.fault = undefined;
        rememberBatch(id);
        frame.value += 1;
        form.reset();
      }}
    >
      <Field label={names.follow} fault={fault.value} class="grow">
        {(attributes) => <input {...attributes} name="id" placeholder="batch_…" />}
      </Field>
      <button type="submit">{names.followButton}</button>
    </form>
  );
}

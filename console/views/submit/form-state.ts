import { signal } from '@preact/signals';
import { LlmServiceError } from '../../../client/service-error.ts';
import type { TaskRequest } from '../../../client/wire.ts';
import type { Run } from '../../app/runs.ts';
import { exampleFor } from '../../state/examples.ts';
import {
  emptyForm,
  type Field,
  type FormFault,
  type FormValues,
  fieldOf,
  readForm,
} from '../../state/request-form.ts';

/** Outlives the view, so that nothing that was typed is lost by looking elsewhere. */
export const form = signal<FormValues>(emptyForm);
/** What the page could not read. */
export const formFaults = signal<FormFault[]>([]);
/** What the service refused, in its words, by the field at fault. */
export const refusals = signal<Partial<Record<Field, string>>>({});
/** What the service refused, where no field is at fault. */
export const refusal = signal<unknown>(undefined);
export const isSubmitting = signal(false);

export function change(changes: Partial<FormValues>): void {
  form.value = { ...form.value, ...changes };
  const fields = Object.keys(changes) as Field[];
  formFaults.value = formFaults.value.filter(({ field }) => !fields.includes(field));
  refusals.value = Object.fromEntries(
    Object.entries(refusals.value).filter(([field]) => !fields.includes(field as Field)),
  );
}

export function fillInExample(): void {
  const { type } = form.value;
  change({ prompt: '', data: '', dataKind: 'text', targetLanguage: '', categories: '', ...exampleFor(type) });
}

/** Hands in what the form says by `submit`, unless it cannot be read. */
export async function send(submit: (request: TaskRequest) => Promise<Run>): Promise<void> {
  const { request, faults } = readForm(form.value);
  formFaults.value = faults ?? [];
  refusals.value = {};
  refusal.value = undefined;
  if (!request) return;
  isSubmitting.value = true;
  try {
    const { state, error } = await submit(request);
    if (state === 'refused') showRefusal(error);
  } finally {
    isSubmitting.value = false;
  }
}

function showRefusal(error: unknown): void {
  const faults = error instanceof LlmServiceError ? error.faults : [];
  const byField: Partial<Record<Field, string>> = {};
  let isWhole = faults.length === 0;
  for (const { pointer, detail } of faults) {
    const field = fieldOf(pointer);
    if (field) byField[field] ??= `${pointer} ${detail}`;
    else isWhole = true;
  }
  refusals.value = byField;
  refusal.value = isWhole ? error : undefined;
}

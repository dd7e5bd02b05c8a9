import { words } from '../../app/preferences.ts';
import { Choice } from '../../parts/choice.tsx';
import { Field } from '../../parts/field.tsx';
import type { Field as FieldName } from '../../state/request-form.ts';
import { change, form } from './form-state.ts';

export function DataFields({ faultOf }: { faultOf: (field: FieldName) => string | undefined }) {
  const { form: names } = words.value;
  const values = form.value;
  const isText = values.dataKind === 'text';
  return (
    <>
      <div class="with-choice">
        <Field label={names.data} fault={faultOf('data')}>
          {(attributes) => (
            <textarea
              {...attributes}
              rows={4}
              class={isText ? '' : 'mono'}
              spellcheck={isText}
              value={values.data}
              onInput={(event) => change({ data: event.currentTarget.value })}
            />
          )}
        </Field>
        <Choice
          label={names.dataKind}
          value={values.dataKind}
          options={[
            { value: 'text', text: names.text },
            { value: 'json', text: names.json },
          ]}
          onChange={(value) => change({ dataKind: value })}
        />
      </div>
      {isText && values.type === 'translation' && (
        <Field label={names.targetLanguage} hint={names.targetLanguageHint}>
          {(attributes) => (
            <input
              {...attributes}
              value={values.targetLanguage}
              onInput={(event) => change({ targetLanguage: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
      {isText && values.type === 'category_match' && (
        <Field label={names.categories}>
          {(attributes) => (
            <textarea
              {...attributes}
              rows={4}
              value={values.categories}
              onInput={(event) => change({ categories: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}

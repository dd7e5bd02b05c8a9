import { providers } from '../../app/live.ts';
import { words } from '../../app/preferences.ts';
import { Field } from '../../parts/field.tsx';
import type { Field as FieldName, FormValues } from '../../state/request-form.ts';
import { change, form } from './form-state.ts';

interface Props {
  faultOf: (field: FieldName) => string | undefined;
}

export function OptionFields({ faultOf }: Props) {
  const { form: names, routing } = words.value;
  const enabled = providers.value.filter((provider) => provider.enabled);
  const models = enabled
    .filter(({ name }) => form.value.provider === '' || form.value.provider === name)
    .flatMap((provider) => provider.models.map(({ name }) => name));
  const strategies = Object.entries(routing.strategies);
  return (
    <details open={optionNames.some((name) => faultOf(name) !== undefined)}>
      <summary>{names.options}</summary>
      <div class="grid">
        <Pick
          name="provider"
          label={names.provider}
          faultOf={faultOf}
          options={[['', names.anyProvider], ...enabled.map(({ name }): [string, string] => [name, name])]}
        />
        <Text name="model" label={names.model} faultOf={faultOf} list={[...new Set(models)]} />
        <Pick name="strategy" label={names.strategy} faultOf={faultOf} options={[['', '–'], ...strategies]} />
        <Text name="timeout" label={names.timeout} hint={names.timeoutHint} faultOf={faultOf} />
        <Text name="temperature" label={names.temperature} faultOf={faultOf} />
        <Text name="maxTokens" label={names.maxTokens} faultOf={faultOf} />
        <Text name="maxRetries" label={names.maxRetries} faultOf={faultOf} />
        <Pick
          name="cache"
          label={names.cache}
          faultOf={faultOf}
          options={[
            ['', names.cacheDefault],
            ['on', names.cacheOn],
            ['off', names.cacheOff],
          ]}
        />
      </div>
      <Text name="callbackUrl" label={names.callbackUrl} faultOf={faultOf} />
      <Area name="responseSchema" label={names.responseSchema} faultOf={faultOf} isCode />
      <Area name="metadata" label={names.metadata} faultOf={faultOf} />
    </details>
  );
}

type OptionName = Exclude<FieldName, 'type' | 'prompt' | 'data' | 'dataKind' | 'priority'>;
const optionNames: OptionName[] = [
  'provider',
  'model',
  'strategy',
  'timeout',
  'temperature',
  'maxTokens',
  'maxRetries',
  'cache',
  'callbackUrl',
  'responseSchema',
  'metadata',
];

interface OptionProps extends Props {
  name: OptionName;
  label: string;
}

const set = (name: OptionName, value: string) => change({ [name]: value } as Partial<FormValues>);

function Pick({ name, label, faultOf, options }: OptionProps & { options: [string, string][] }) {
  return (
    <Field label={label} fault={faultOf(name)}>
      {(attributes) => (
        <select {...attributes} onChange={(event) => set(name, event.currentTarget.value)}>
          {options.map(([value, text]) => (
            <option key={value} value={value} selected={form.value[name] === value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Text({ name, label, faultOf, hint, list }: OptionProps & { hint?: string; list?: string[] }) {
  return (
    <Field label={label} fault={faultOf(name)} hint={hint}>
      {(attributes) => (
        <>
          <input
            {...attributes}
            value={form.value[name]}
            list={list && `${name}-list`}
            onInput={(event) => set(name, event.currentTarget.value)}
          />
          {list && (
            <datalist id={`${name}-list`}>
              {list.map((value) => (
                <option key={value} value={value} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}

function Area({ name, label, faultOf, isCode = false }: OptionProps & { isCode?: boolean }) {
  return (
    <Field label={label} fault={faultOf(name)}>
      {(attributes) => (
        <textarea
          {...attributes}
          rows={3}
          class={isCode ? 'mono' : ''}
          spellcheck={!isCode}
          value={form.value[name]}
          onInput={(event) => set(name, event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

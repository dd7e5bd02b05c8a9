import { words } from '../app/preferences.ts';
import { asksForToken, takeToken } from '../app/session.ts';
import { Field } from '../parts/field.tsx';

/** In place of everything else, until there is a token. */
export function TokenForm() {
  const { token: names } = words.value;
  return (
    <form
      class="panel token"
      onSubmit={(event) => {
        event.preventDefault();
        const text = String(new FormData(event.currentTarget).get('token')).trim();
        if (text !== '') takeToken(text);
      }}
    >
      <h2>{names.title}</h2>
      <p>{names.lead}</p>
      <Field
        label={names.label}
        hint={names.where}
        fault={asksForToken.value === 'wrong' ? names.wrong : undefined}
      >
        {(attributes) => (
          <input
            {...attributes}
            name="token"
            type="password"
            autocomplete="current-password"
            required
            ref={(element) => element?.focus()}
          />
        )}
      </Field>
      <button type="submit" class="primary">
        {names.open}
      </button>
    </form>
  );
}

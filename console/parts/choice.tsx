import { useId } from 'preact/hooks';

interface Props<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; text: string }[];
  onChange: (value: T) => void;
  /** Whether the label is to be seen; else it is told to screen readers alone. */
  shown?: boolean;
}

/** One of a few, in a row: radio buttons, so that arrow keys move between them. */
export function Choice<T extends string>({ label, value, options, onChange, shown = false }: Props<T>) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend class={shown ? '' : 'hidden'}>{label}</legend>
      <div class="choices">
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

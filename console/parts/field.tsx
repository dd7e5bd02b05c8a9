import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Props {
  label: string;
  hint?: string | undefined;
  fault?: string | undefined;
  class?: string | undefined;
  /** Gets the attributes that tie it to its label, hint and fault. */
  children: (attributes: { id: string } & Record<string, string>) => ComponentChildren;
}

export function Field({ label, hint, fault, class: name, children }: Props) {
  const id = useId();
  const told = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
  return (
    <div class={`field ${name ?? ''}`}>
      <label for={id}>{label}</label>
      {children({
        id,
        ...(told && { 'aria-describedby': told }),
        ...(fault && { 'aria-invalid': 'true' }),
      })}
      {hint && (
        <small id={`${id}-hint`} class="hint">
          {hint}
        </small>
      )}
      {fault && (
        <small id={`${id}-fault`} class="fault">
          {fault}
        </small>
      )}
    </div>
  );
}

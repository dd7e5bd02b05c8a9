import type { ComponentChildren, RefObject } from 'preact';

interface Props {
  label: string;
  class?: string;
  element?: RefObject<HTMLDivElement | null>;
  onScroll?: () => void;
  children: ComponentChildren;
}

/** What scrolls can be reached by keyboard, and says what it is. */
export function Scroll({ label, class: name = '', element, onScroll, children }: Props) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups what is filled in
    <div
      {...(element && { ref: element })}
      class={`scroll ${name}`}
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      onScroll={onScroll}
    >
      {children}
    </div>
  );
}

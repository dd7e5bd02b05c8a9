import { scheme } from '../app/preferences.ts';

let known = new Map<string, string>();
let knownScheme = -1;
let probe: HTMLElement | undefined;

/** The colour of a variable of the style sheet as it is now, for what is drawn on a canvas. */
export function colorOf(variable: string): string {
  if (scheme.peek() !== knownScheme) {
    known = new Map();
    knownScheme = scheme.peek();
  }
  const found = known.get(variable);
  if (found) return found;
  if (!probe) {
    probe = document.createElement('span');
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(${variable})`;
  const color = getComputedStyle(probe).color;
  known.set(variable, color);
  return color;
}

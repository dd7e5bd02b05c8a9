import { toPointer } from '../parse-request.ts';
import type { FieldFault } from '../service-error.ts';

/** Where in a value: the steps to it, the last first. Its pointer is made only for a fault. */
export interface Place {
  readonly parent: Place | undefined;
  readonly key: string | number;
}

export function pointerTo(place: Place | undefined): string {
  const steps: (string | number)[] = [];
  for (let at = place; at; at = at.parent) steps.push(at.key);
  return toPointer(steps.reverse());
}

/** Faults of a value, one a place, only the first few. */
export class Faults {
  static readonly most = 10;
  readonly #byPlace = new Map<string, string>();

  get hasRoom(): boolean {
    return this.#byPlace.size < Faults.most;
  }

  add(place: Place | undefined, detail: string): void {
    if (this.hasRoom) this.#add(pointerTo(place), detail);
  }

  addAll(faults: Faults): void {
    for (const [pointer, detail] of faults.#byPlace) this.#add(pointer, detail);
  }

  list(): FieldFault[] {
    return [...this.#byPlace].map(([pointer, detail]) => ({ pointer, detail }));
  }

  #add(pointer: string, detail: string): void {
    if (this.hasRoom && !this.#byPlace.has(pointer)) this.#byPlace.set(pointer, detail);
  }
}

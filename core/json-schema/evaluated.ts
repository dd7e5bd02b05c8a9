/** Which members and items of a value schemas have looked at: what `unevaluatedProperties` and `unevaluatedItems` leave out. */
export class Evaluated {
  readonly #names = new Set<string>();
  readonly #indexes = new Set<number>();
  #itemsBefore = 0;

  addName(name: string): void {
    this.#names.add(name);
  }

  addIndex(index: number): void {
    this.#indexes.add(index);
  }

  /** Every item before this index. */
  addItemsBefore(index: number): void {
    this.#itemsBefore = Math.max(this.#itemsBefore, index);
  }

  hasName(name: string): boolean {
    return this.#names.has(name);
  }

  hasIndex(index: number): boolean {
    return index < this.#itemsBefore || this.#indexes.has(index);
  }

  get size(): number {
    return this.#names.size + this.#indexes.size;
  }

  add(other: Evaluated): void {
    for (const name of other.#names) this.#names.add(name);
    for (const index of other.#indexes) this.#indexes.add(index);
    this.addItemsBefore(other.#itemsBefore);
  }
}

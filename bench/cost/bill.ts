import { type Item, prices } from './prices.ts';

export interface BilledItem {
  item: Item;
  quantity: number;
  usd: number;
}

/** Quantities of what is billed. */
export class Bill {
  readonly #quantities = new Map<Item, number>();

  add(item: Item, quantity: number): void {
    this.#quantities.set(item, (this.#quantities.get(item) ?? 0) + quantity);
  }

  /** All of another bill, so many times. */
  addBill(other: Bill, times = 1): void {
    for (const { item, quantity } of other.list()) this.add(item, quantity * times);
  }

  quantity(item: Item): number {
    return this.#quantities.get(item) ?? 0;
  }

  /** The dearest first. */
  list(): BilledItem[] {
    return [...this.#quantities]
      .map(([item, quantity]) => ({ item, quantity, usd: quantity * prices[item].usd }))
      .toSorted((one, other) => other.usd - one.usd);
  }

  get usd(): number {
    return this.list().reduce((sum, { usd }) => sum + usd, 0);
  }
}

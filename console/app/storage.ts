/** A value of this tab or browser; where storage is switched off it lasts as long as the page. */
class StoredValue {
  readonly #storage: () => Storage;
  readonly #name: string;

  constructor(storage: () => Storage, name: string) {
    this.#storage = storage;
    this.#name = `llm-service.${name}`;
  }

  read(): string | undefined {
    try {
      return this.#storage().getItem(this.#name) ?? undefined;
    } catch {
      return undefined;
    }
  }

  write(value: string | undefined): void {
    try {
      if (value === undefined) this.#storage().removeItem(this.#name);
      else this.#storage().setItem(this.#name, value);
    } catch {
      // It lasts as long as the page then.
    }
  }
}

export const ofTab = (name: string) => new StoredValue(() => sessionStorage, name);
export const ofBrowser = (name: string) => new StoredValue(() => localStorage, name);

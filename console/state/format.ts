/** Numbers in the words of a language. */
export class Formats {
  readonly #locale: string;
  readonly #whole: Intl.NumberFormat;
  readonly #short: Intl.NumberFormat;
  readonly #clock: Intl.DateTimeFormat;
  readonly #moment: Intl.DateTimeFormat;

  constructor(locale: string) {
    this.#locale = locale;
    this.#whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
    this.#short = new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 });
    this.#clock = new Intl.DateTimeFormat(locale, {
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hour12: false,
    });
    this.#moment = new Intl.DateTimeFormat(locale, {
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hour12: false,
    });
  }

  /** 12,345 */
  count(value: number): string {
    return this.#whole.format(value);
  }

  /** 1.2K: where room is short. */
  short(value: number): string {
    return Math.abs(value) < 10_000 ? this.number(value) : this.#short.format(value);
  }

  /** 0.5, 3.2, 48 */
  number(value: number): string {
    const digits = Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0;
    return new Intl.NumberFormat(this.#locale, { maximumFractionDigits: digits }).format(value);
  }

  /** 812 ms, 4.2 s, 3 min 20 s, 2 h 5 min */
  duration(milliseconds: number): string {
    if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
    const seconds = milliseconds / 1000;
    if (seconds < 60) return `${this.number(seconds)} s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
    return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }

  /** 812 ms, 4.2 s, 1.7 min, 2.1 h: where room is short. */
  brief(milliseconds: number): string {
    const seconds = milliseconds / 1000;
    if (seconds < 60) return this.duration(milliseconds);
    return seconds < 3600 ? `${this.number(seconds / 60)} min` : `${this.number(seconds / 3600)} h`;
  }

  /** $0, $0.00012, $1.34: three digits that matter, and cents above a dollar. */
  cost(usd: number): string {
    if (usd === 0) return '$0';
    const options: Intl.NumberFormatOptions =
      usd >= 1
        ? { minimumFractionDigits: 2, maximumFractionDigits: 2 }
        : { maximumSignificantDigits: 2, minimumSignificantDigits: 1 };
    return `$${new Intl.NumberFormat(this.#locale, options).format(usd)}`;
  }

  percent(share: number): string {
    return `${this.number(share * 100)} %`;
  }

  /** 14:03:07 */
  clock(milliseconds: number): string {
    return this.#clock.format(milliseconds);
  }

  /** Nov 26, 14:03:07 */
  moment(milliseconds: number): string {
    return this.#moment.format(milliseconds);
  }

  bytes(count: number): string {
    if (count < 1000) return `${count} B`;
    return count < 1e6 ? `${this.number(count / 1e3)} kB` : `${this.number(count / 1e6)} MB`;
  }
}

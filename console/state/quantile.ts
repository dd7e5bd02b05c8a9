/** The value below which a share of the values lies, by the nearest rank; null of none. Sorts the values. */
export function quantile(values: number[], share: number): number | null {
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.ceil(share * values.length) - 1)] ?? null;
}

/** Tokens, milliseconds or dollars of one task: more is an error of whoever told it. */
const most = 1e12;

/** An amount as it may be added to a counter; 0 for what is no amount, which would spoil the sum for ever. */
export function countable(amount: unknown): number {
  return typeof amount === 'number' && amount >= 0 && amount <= most ? amount : 0;
}

/** What of a file is asked for: bytes `from` to `to`, which is not one of them. */
export interface ByteRange {
  from: number;
  to: number;
}

/**
 * The one range of a `Range` header (RFC 9110 §14.2). `unreadable`: it is no such range, or several, which are not served;
 * `unsatisfiable`: the file has no such bytes.
 */
export function readByteRange(
  header: string | undefined,
  size: number,
): ByteRange | 'whole' | 'unreadable' | 'unsatisfiable' {
  if (header === undefined) return 'whole';
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header) ?? [];
  if (first === '' && last === '') return 'unreadable';
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return 'unreadable';
  return from < to ? { from, to } : 'unsatisfiable';
}

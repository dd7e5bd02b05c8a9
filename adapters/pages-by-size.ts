/** Cuts a list into requests of at most `count` members and `bytes` bytes; a member alone may be larger. */
export function pagesBySize<T>(
  members: T[],
  limits: { count: number; bytes: number },
  sizeOf: (member: T) => number,
): T[][] {
  const pages: T[][] = [];
  let bytes = 0;
  for (const member of members) {
    const size = sizeOf(member);
    const page = pages.at(-1);
    if (page && page.length < limits.count && bytes + size <= limits.bytes) {
      page.push(member);
      bytes += size;
    } else {
      pages.push([member]);
      bytes = size;
    }
  }
  return pages;
}

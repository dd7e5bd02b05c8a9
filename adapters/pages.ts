/** Cuts a list into requests of at most `count` members. */
export function pagesOf<T>(members: T[], count: number): T[][] {
  return pagesBySize(members, { count, bytes: 0 }, () => 0);
}

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

/** Runs a job for each member, a group at a time, and answers in order. After a failure no group begins. */
export async function mapInGroups<T, Result>(
  members: T[],
  groupSize: number,
  job: (member: T) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const group of pagesOf(members, groupSize)) results.push(...(await Promise.all(group.map(job))));
  return results;
}

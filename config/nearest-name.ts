/** Of short names nearly all are alike. */
const editsOf = (name: string) => (name.length < 5 ? 1 : Math.max(2, Math.floor(name.length / 3)));

/** The known name that takes the fewest edits to become, or that this one begins; undefined where none is alike. */
export function findNearest(
  name: string,
  known: readonly string[],
  mostEdits = editsOf(name),
): string | undefined {
  let nearest: string | undefined;
  let least = mostEdits + 1;
  for (const candidate of known) {
    const isBeginning = name.length > 3 && candidate.startsWith(name);
    const edits = isBeginning ? 1 : countEdits(name.toLowerCase(), candidate.toLowerCase());
    if (edits >= least) continue;
    least = edits;
    nearest = candidate;
  }
  return nearest;
}

/** Levenshtein's distance. */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1];
    for (const [column, other] of [...to].entries())
      next.push(
        Math.min(
          (row[column + 1] ?? 0) + 1,
          (next[column] ?? 0) + 1,
          (row[column] ?? 0) + (letter === other ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[to.length] ?? 0;
}

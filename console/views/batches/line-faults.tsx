import { words } from '../../app/preferences.ts';

const shownFaults = 10;

/** What is wrong with lines of a file, by their numbers: the first of them. */
export function LineFaults({ faults }: { faults: readonly { line: number; message: string }[] }) {
  const { batches: names } = words.value;
  return (
    <ul>
      {faults.slice(0, shownFaults).map(({ line, message }) => (
        <li key={line}>
          {names.line(line)}: {message}
        </li>
      ))}
    </ul>
  );
}

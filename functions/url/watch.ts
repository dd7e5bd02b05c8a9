import type { Progress } from '../../core/answers/told.ts';

/** The same, and each step is seen by another too. */
export async function* watch(
  progress: AsyncIterable<Progress>,
  see: (told: Progress) => void,
): AsyncGenerator<Progress> {
  for await (const told of progress) {
    see(told);
    yield told;
  }
}

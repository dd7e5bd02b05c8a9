import { besides } from '../app/navigation.ts';
import { ShortId } from './marks.tsx';

/** Opens the task beside the present view. */
export function TaskLink({ id }: { id: string }) {
  return (
    <a href={besides(id)} class="task-link">
      <ShortId id={id} />
    </a>
  );
}

import { computed, signal } from '@preact/signals';
import { type Route, readRoute, writeRoute } from '../state/route.ts';

const hash = signal(location.hash);
addEventListener('hashchange', () => {
  hash.value = location.hash;
});

export const route = computed(() => readRoute(hash.value));

export function go(to: Partial<Route> & { view: Route['view'] }): void {
  location.hash = writeRoute(to);
}

/** The address of the present view with a task open beside it, or with none. */
export function besides(task: string | undefined): string {
  return writeRoute({ ...route.value, task });
}

export function closeTask(): void {
  location.hash = besides(undefined);
}

/** What the address says behind its `#`: `#/tasks?status=failed&task=task_…`. */
export type View = 'live' | 'tasks' | 'submit' | 'batches';

export interface Route {
  view: View;
  /** The task that is open beside the view. */
  task: string | undefined;
  status: string | undefined;
  type: string | undefined;
  batch: string | undefined;
}

const views: readonly View[] = ['live', 'tasks', 'submit', 'batches'];

export function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?');
  const values = new URLSearchParams(query);
  const get = (name: string) => values.get(name) || undefined;
  return {
    view: views.find((view) => view === path) ?? 'live',
    task: get('task'),
    status: get('status'),
    type: get('type'),
    batch: get('batch'),
  };
}

/** The address of a view. What is undefined is left out. */
export function writeRoute(route: Partial<Route> & { view: View }): string {
  const { view, ...rest } = route;
  const values = Object.entries(rest).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const query = new URLSearchParams(values).toString();
  return `#/${view}${query && `?${query}`}`;
}

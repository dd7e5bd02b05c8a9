import type { Sources, Unit } from './sources.ts';

/** A call that a function may make, and the file whose rows, queue or bucket it is about. */
export interface FoundCall {
  file: string;
  /** A command of the SDK, such as `PutItem`. */
  command: string;
  /** Names of the functions, and texts, beside it: they tell the queue, or the rows. */
  beside: Set<string>;
}

const tableFile = 'adapters/dynamo-table.ts';

/** Every AWS call that an entry file can come to, by what runs from it. */
export function findCalls(sources: Sources, entry: string): FoundCall[] {
  const isTable = (key: string) => sources.memberNames.get(key)?.startsWith(`${tableFile} `) ?? false;
  const live = reachAll(sources, entry, (key) => !isTable(key));
  const isOwn = (unit: Unit) => unit.around === undefined || unit.name === 'handler';
  return [...live].flatMap((start) => {
    if (!isOwn(start) && !isImplementation(sources, start)) return [];
    const near = [...reachNear(sources, start)].filter((unit) => live.has(unit));
    const beside = new Set(near.flatMap(({ name, texts }) => [name, ...texts]));
    return near.flatMap((unit) => {
      const file = isOwn(start) ? unit.file : start.file;
      const ofTable = [...unit.named].filter(isTable).flatMap((key) => commandsOf(sources, key));
      const own = unit.file === tableFile ? [] : [...unit.commands];
      return [...ofTable, ...own].map((command) => ({ file, command, beside }));
    });
  });
}

const implementationsOf = new WeakMap<Sources, Set<Unit>>();

function isImplementation(sources: Sources, unit: Unit): boolean {
  let known = implementationsOf.get(sources);
  if (!known) {
    known = new Set([...sources.implementations.values()].flat());
    implementationsOf.set(sources, known);
  }
  return known.has(unit);
}

/** What a name leads to: itself, and where it was taken out of an object the member there. */
function* resolve(sources: Sources, key: string): Generator<string> {
  yield key;
  yield* sources.taken.get(key) ?? [];
}

/** Units that run from a file. A method runs if it is named and whatever makes its object runs. */
function reachAll(sources: Sources, entry: string, follows: (key: string) => boolean): Set<Unit> {
  const live = new Set<Unit>();
  const named = new Set<string>();
  const waiting: Unit[] = [];
  /** Of a file that is loaded while it runs, whatever it declares counts as used. */
  const load = (file: string) => {
    const whole = sources.units.get(file);
    for (const unit of sources.units.values()) if (whole && unit.around === whole) enter(unit);
  };
  const enter = (unit: Unit | undefined) => {
    if (!unit || live.has(unit)) return;
    live.add(unit);
    waiting.push(unit);
    // A file is loaded before anything in it runs.
    enter(sources.units.get(unit.file));
  };
  for (const unit of sources.units.values())
    if (unit.file === entry && (unit.around === undefined || unit.name === 'handler')) enter(unit);
  for (;;) {
    for (let unit = waiting.pop(); unit; unit = waiting.pop()) {
      for (const file of unit.loads) load(file);
      for (const name of unit.named)
        for (const key of resolve(sources, name)) {
          named.add(key);
          const target = sources.units.get(key);
          if (target && !isImplementation(sources, target)) enter(target);
        }
    }
    for (const key of named)
      if (follows(key))
        for (const method of sources.implementations.get(key) ?? [])
          if (method.around && live.has(method.around)) enter(method);
    if (waiting.length === 0) return live;
  }
}

/** A unit and the functions that it names, without methods of other objects. */
function reachNear(sources: Sources, start: Unit): Set<Unit> {
  const near = new Set([start]);
  for (const unit of near)
    for (const key of unit.named) {
      const target = sources.units.get(key);
      if (target && !isImplementation(sources, target)) near.add(target);
    }
  return near;
}

/** Commands behind a member of DynamoTable. */
function commandsOf(sources: Sources, key: string): string[] {
  return (sources.implementations.get(key) ?? [])
    .filter(({ file }) => file === tableFile)
    .flatMap((method) => [...reachNear(sources, method)].flatMap(({ commands }) => [...commands]));
}

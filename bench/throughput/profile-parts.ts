import type { CpuProfile } from './threads.ts';

type Node = CpuProfile['nodes'][number];

/**
 * Milliseconds of a thread's profile by who spent them: a package, a file of the local host, the bundle of a function, or
 * Node itself where none of these called it.
 */
export function partsOf({ nodes, samples = [], timeDeltas = [] }: CpuProfile): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map<number, Node>();
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node);
  const labels = new Map<number, string | undefined>();
  const parts = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    if (!labels.has(id)) labels.set(id, labelOf(byId.get(id), parents));
    const label = labels.get(id);
    if (label === undefined) continue;
    parts.set(label, (parts.get(label) ?? 0) + (timeDeltas[index] ?? 0) / 1_000);
  }
  return parts;
}

/** Undefined: the thread was idle. */
function labelOf(sampled: Node | undefined, parents: Map<number, Node>): string | undefined {
  const name = sampled?.callFrame.functionName;
  if (name === '(idle)') return undefined;
  if (name === '(garbage collector)') return 'garbage collection';
  for (let node = sampled; node; node = parents.get(node.id)) {
    const owner = ownerOf(node.callFrame.url);
    if (owner) return owner;
  }
  const own = sampled?.callFrame.url;
  return own ? own.split('/')[0] : 'native code of Node';
}

function ownerOf(url: string): string | undefined {
  const [, scoped] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  if (scoped) return scoped;
  const [, local] = /\/(local\/.+)$/.exec(url) ?? [];
  if (local) return local;
  return url.includes('/cdk.out/') ? 'bundle' : undefined;
}

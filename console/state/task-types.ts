export interface TypeDescription {
  name: string;
  /** In the words of who made it. */
  title: string;
  /** What it cannot do without. */
  needs: 'prompt' | 'data';
}

/** The task types of a deployment, as its OpenAPI document names them. */
export function readTaskTypes(document: Record<string, unknown>): TypeDescription[] {
  const type = dig(document, 'components', 'schemas', 'TaskRequest', 'properties', 'type');
  const names = dig(type, 'enum');
  const description = dig(type, 'description');
  if (!Array.isArray(names)) return [{ name: 'custom', title: 'Custom', needs: 'prompt' }];
  const lines = typeof description === 'string' ? description.split('\n') : [];
  return names.map((name: string) => {
    const line = lines.find((each) => each.startsWith(`- ${name} (`)) ?? '';
    const [, title = name, rest = ''] = /^- \S+ \((.*?)\): (.*)$/.exec(line) ?? [];
    return { name, title, needs: rest.startsWith('needs `prompt`') ? 'prompt' : 'data' };
  });
}

function dig(value: unknown, ...names: string[]): unknown {
  let found = value;
  for (const name of names) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}

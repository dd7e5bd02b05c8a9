import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';

/** Where a value, or the key that names it, stands in its file; both count from 1. */
export interface Place {
  line: number;
  column: number;
}

export interface PlacedFault extends Place {
  message: string;
}

export type Path = readonly PropertyKey[];

export interface YamlText {
  /** Undefined where nothing is written. */
  value: unknown;
  faults: PlacedFault[];
  /** Of the nearest that there is: the value at this path, else the key of what it would be in. */
  placeOf(path: Path, part: 'key' | 'value'): Place;
  /** Every text value with its place. */
  texts: { path: Path; text: string }[];
}

const longest = 1_000_000;

/** Tags of YAML's core schema; another's value would be something else than it looks. */
const coreTag = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;

/**
 * Reads YAML 1.2 strictly: what readers of other versions take otherwise, or would lose, is a fault. Keys are taken as they are
 * written (`4.10` stays that).
 */
export function readYaml(text: string): YamlText {
  if (text.length > longest) return unreadable(`has more than ${longest} characters`);
  if (text.includes('\r') && !text.includes('\n'))
    return unreadable('ends its lines by CR alone: save it with LF');
  const lines = new LineCounter();
  try {
    const options = { lineCounter: lines, prettyErrors: false, stringKeys: true, uniqueKeys: false };
    const document = parseDocument(text, options);
    const broken = document.errors.some(({ message }) => /call stack|stack overflow/i.test(message))
      ? unreadable('nests too deep').faults
      : // Those that follow are of the same mistake, as a rule.
        [...document.errors, ...document.warnings].slice(0, 1).map(({ code, message, pos }) => ({
          ...placeAt(lines, pos[0]),
          message: plainly[code] ?? `is not YAML: ${message}`,
        }));
    const { traps, texts, isBroken } = walk(document, lines);
    const isWhole = broken.length === 0 && !isBroken;
    const value = isWhole ? (document.toJS({ maxAliasCount: 100 }) ?? undefined) : undefined;
    return {
      value,
      faults: [...broken, ...traps],
      placeOf: (path, part) => findPlace(document, lines, path, part),
      texts,
    };
  } catch (error) {
    if (error instanceof RangeError) return unreadable('nests too deep');
    // The parser's bound of aliases, which is all else that it throws.
    return unreadable('refers to its anchors too often: write out what they stand for');
  }
}

/** What the parser's own words do not make plain, by the codes of its errors. */
const plainly: Record<string, string> = {
  MULTIPLE_DOCS: 'begins a second document (---): only one is read',
  TAB_AS_INDENT: 'is indented by a tab: use spaces',
};

function unreadable(message: string): YamlText {
  const start = { line: 1, column: 1 };
  return { value: undefined, faults: [{ ...start, message }], placeOf: () => start, texts: [] };
}

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** What is written in one way and read in another. */
function walk(document: Document, lines: LineCounter) {
  const traps: PlacedFault[] = [];
  const texts: YamlText['texts'] = [];
  let isBroken = false;
  const trap = (node: Node, message: string) =>
    traps.push({ ...placeAt(lines, node.range?.[0] ?? 0), message });
  const { yaml } = document.directives ?? {};
  if (yaml?.explicit && yaml.version !== '1.2')
    traps.push({
      ...placeAt(lines, 0),
      message: `says %YAML ${yaml.version}: remove that, the file is YAML 1.2`,
    });
  const checkTag = (node: Node & { tag?: string }) => {
    if (node.tag !== undefined && !coreTag.test(node.tag))
      trap(node, `has the tag ${node.tag}, which is not read`);
  };
  visit(document, {
    Seq: (_, list) => checkTag(list),
    Map(_, map) {
      checkTag(map);
      const names = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (name === '<<')
          trap(key, '<< is a merge key, which YAML 1.2 does not have: write its members out');
        else if (names.has(name)) trap(key, `${name} is there twice: only one of them could count`);
        names.add(name);
      }
    },
    Alias(_, node, parents) {
      const target = node.resolve(document);
      if (target && !parents.includes(target)) return;
      isBroken = true;
      trap(
        node,
        target
          ? `*${node.source} is inside of what it stands for`
          : `*${node.source} has no anchor &${node.source} before it`,
      );
    },
    Scalar(position, node, parents) {
      if (position === 'key') return;
      checkTag(node);
      if (typeof node.value === 'string') texts.push({ path: pathOf([...parents, node]), text: node.value });
      const problem = whatIsLost(node.value, node.source ?? '');
      if (problem) trap(node, problem);
    },
  });
  return { traps, texts, isBroken };
}

function whatIsLost(value: unknown, source: string): string | undefined {
  if (typeof value === 'string' && /^[“”„‘’«]/.test(source))
    return 'begins with a typographic quote, which would be part of the value: write " instead';
  if (typeof value !== 'number') return undefined;
  if (/^[-+]?0\d/.test(source))
    return `${source} is read as ${value}: write it without the leading 0, or in quotes as a text`;
  if (/^[-+]?\d+$/.test(source) && !Number.isSafeInteger(value))
    return `${source} has more digits than a number keeps: write it in quotes as a text`;
  return undefined;
}

/** Keys and indices that lead to the last of these nodes. */
function pathOf(nodes: readonly unknown[]): Path {
  return nodes.flatMap((node, index): PropertyKey[] => {
    const inside = nodes[index + 1];
    if (isSeq(node)) return [node.items.indexOf(inside)];
    const key = (node as { key?: unknown }).key;
    return isScalar(key) && inside !== undefined ? [String(key.value)] : [];
  });
}

function findPlace(document: Document, lines: LineCounter, path: Path, part: 'key' | 'value'): Place {
  let node: unknown = document.contents;
  let nearest = node;
  for (const [index, segment] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const pair = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && key.value === String(segment))
      : undefined;
    node = pair ? pair.value : isSeq(node) ? node.items[Number(segment)] : undefined;
    if (!pair && !node) break;
    const isLast = index === path.length - 1;
    nearest = (isLast && part === 'value' ? (node ?? pair?.key) : (pair?.key ?? node)) ?? nearest;
  }
  return placeAt(lines, (nearest as Node | null)?.range?.[0] ?? 0);
}

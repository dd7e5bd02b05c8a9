import assert from 'node:assert/strict';

export interface Family {
  name: string;
  type: string;
  help: string;
  /** By name and labels as they stand in the text: `llm_queue_length{provider="kimi",priority="high"}`. */
  samples: Map<string, number>;
}

const word = '[a-zA-Z_][a-zA-Z0-9_]*';
const label = `${word}="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`;
const sampleLine = new RegExp(
  `^(${word})(?:\\{(${label}(?:,${label})*)\\})? (\\+Inf|-?[0-9.]+(?:e[+-]?[0-9]+)?)$`,
);

/**
 * Reads Prometheus' text format 0.0.4 as strictly as the service writes it, and checks what `promtool check metrics`
 * asks for: each family once, with a help that is no empty text and a type before its samples, no sample twice,
 * counters that end in `_total` (and nothing else does), histograms that are cumulative and whole.
 */
export function readPrometheus(text: string): Map<string, Family> {
  assert.ok(text.endsWith('\n'), 'the last line ends too');
  const families = new Map<string, Family>();
  let family: Family | undefined;
  let help: RegExpExecArray | null = null;
  for (const line of text.slice(0, -1).split('\n')) {
    const type = new RegExp(`^# TYPE (${word}) (counter|gauge|histogram)$`).exec(line);
    if (line.startsWith('# HELP ')) {
      help = new RegExp(`^# HELP (${word}) (\\S.*)$`).exec(line);
      assert.ok(help, line);
    } else if (type) {
      const [, name = '', kind = ''] = type;
      assert.equal(help?.[1], name, line);
      assert.ok(!families.has(name), line);
      family = { name, type: kind, help: help?.[2] ?? '', samples: new Map() };
      families.set(name, family);
    } else {
      const [, name = '', labels, value = ''] = sampleLine.exec(line) ?? [];
      assert.ok(family && name === family.name + suffixOf(family, name), line);
      const key = labels ? `${name}{${labels}}` : name;
      assert.ok(!family.samples.has(key), line);
      family.samples.set(key, Number(value.replace('+Inf', 'Infinity')));
    }
  }
  for (const each of families.values()) check(each);
  return families;
}

function suffixOf({ type }: Family, name: string): string {
  return type === 'histogram' ? (/_(?:bucket|sum|count)$/.exec(name)?.[0] ?? 'missing') : '';
}

function check({ name, type, samples }: Family): void {
  assert.equal(name.endsWith('_total'), type === 'counter', name);
  if (type !== 'histogram') return;
  assert.match(name, /_seconds$/);
  for (const [key, count] of samples) {
    if (!key.startsWith(`${name}_count`)) continue;
    const labels = key.slice(`${name}_count`.length).replace(/[{}]/g, '');
    assert.ok(samples.has(key.replace('_count', '_sum')), key);
    const start = `${name}_bucket{${labels}${labels && ','}le="`;
    const buckets = [...samples].filter(([each]) => each.startsWith(start));
    assert.ok(buckets.at(-1)?.[0].endsWith('le="+Inf"}'), key);
    assert.equal(buckets.at(-1)?.[1], count, key);
    for (const [index, [each, inBucket]] of buckets.entries())
      assert.ok(inBucket >= (buckets[index - 1]?.[1] ?? 0), each);
  }
}

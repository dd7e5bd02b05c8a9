import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readImports } from './read-imports.ts';

const folders = [
  'bin',
  'lib',
  'config',
  'core',
  'adapters',
  'functions',
  'local',
  'scripts',
  'bench',
  'test',
];

/** The files that each file imports. */
type Graph = ReadonlyMap<string, readonly string[]>;

function readGraph(): Graph {
  const graph = new Map<string, string[]>();
  for (const { file, target } of folders.flatMap(readImports))
    graph.set(file, [...(graph.get(file) ?? []), target]);
  return graph;
}

/** At least one circle of each group of files that import each other, as a path that ends where it begins. */
function findCircles(graph: Graph): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const walk = (file: string) => {
    const start = path.indexOf(file);
    if (start >= 0) circles.push([...path.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    path.push(file);
    for (const target of graph.get(file) ?? []) walk(target);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) walk(file);
  return circles;
}

test('no files import each other in a circle, types included', () => {
  const circles = findCircles(readGraph());
  const message = circles.map((circle) => `\n  ${circle.join('\n    imports ')}`).join('');
  assert.equal(circles.length, 0, `Move what both need into a file of its own:${message}`);
});

test('a circle is found, and two ways to one file are none', () => {
  const graph = new Map([
    ['a', ['b', 'c']],
    ['b', ['d']],
    ['c', ['d']],
    ['d', ['e']],
    ['e', ['b', 'zod']],
  ]);
  assert.deepEqual(findCircles(graph), [['b', 'd', 'e', 'b']]);
});

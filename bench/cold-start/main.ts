/**
 * npm run bench:cold-start [-- --rounds 11] [--together] [--inputs http/submit-task] [--json file]
 *
 * What a cold start loads: the size of each function's bundle, as CDK makes it, and how long a new process of Lambda's Node
 * takes to import it, beside an empty function and beside the clients alone that submitting and working use, bundled by the
 * same options. Medians over rounds that take every bundle in turn. With --together
 * bundles are those of the local host. With --inputs, the largest sources of one bundle.
 * The budgets of sizes are in test/infrastructure/bundle-functions.test.ts; times are only printed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundledConstants } from '../../config/deployed.ts';
import { readSettings } from '../../config/read-settings.ts';
import { type BundleFile, bundleFiles, bundleFunctions } from '../../lib/bundle-functions.ts';
import { listFunctions } from '../../lib/list-functions.ts';
import { median, percentile } from '../percentile.ts';
import { createProgress } from '../progress.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '11' },
    inputs: { type: 'string' },
    together: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const root = join(import.meta.dirname, '../..');
const progress = createProgress('cold start');

const configuration = readSettings(
  { LLM_PROVIDERS: 'kimi,openai', LLM_AUTH_TOKEN: 'a-token-of-the-benchmark' },
  {
    stage: 'bench',
    version: '0.0.0',
    onAws: true,
    reservedConcurrency: true,
    accountConcurrency: undefined,
    open: false,
  },
);
const functions = listFunctions(configuration);
/** What `process-task` and `submit-task` are held against. */
const clientsOf: Record<string, string> = {
  'http/submit-task': 'submit-clients',
  'queue/process-task': 'worker-clients',
};
const baselines = ['empty', ...Object.values(clientsOf)];

/** Any URL will do: an import sends nothing. */
const variables = Object.fromEntries(
  functions.flatMap(({ environment }) => environment).map((name) => [name, 'https://localhost/value']),
);
const environment = {
  ...variables,
  PROVIDER: 'kimi',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
};

interface Times {
  importMs: number;
  /** With what is loaded only where it is needed. */
  wholeMs: number;
}

function measure(directory: string): Times {
  const program = join(import.meta.dirname, 'measure-import.mjs');
  const printed = execFileSync(process.execPath, [program, directory], {
    env: environment,
    encoding: 'utf8',
  });
  return JSON.parse(printed) as Times;
}

const work = mkdtempSync(join(tmpdir(), 'llm-service-cold-start-'));
try {
  const bundles = await bundleAll();
  if (values.inputs) console.table(largestInputs(bundles.get(values.inputs) ?? []));
  else await report(bundles);
} finally {
  rmSync(work, { recursive: true });
}

async function bundleAll(): Promise<Map<string, BundleFile[]>> {
  const entries = functions.map(({ entry }) => entry);
  const constants = bundledConstants(configuration.deployed, configuration.settings);
  const options = { constants, output: work, together: values.together };
  const files = baselines.map(
    (name) => [name, join(import.meta.dirname, 'baselines', `${name}.ts`)] as const,
  );
  return new Map([
    ...(await bundleFiles(root, new Map(files), options)),
    ...(await bundleFunctions(root, entries, options)),
  ]);
}

async function report(bundles: ReadonlyMap<string, BundleFile[]>): Promise<void> {
  const taken = new Map([...bundles.keys()].map((name) => [name, [] as Times[]]));
  for (let round = 1; round <= Number(values.rounds); round += 1)
    for (const [name, times] of taken) {
      times.push(measure(join(work, name)));
      progress.tell(`round ${round} of ${values.rounds}: ${name}`);
    }
  const medianOf = (name: string, which: keyof Times) =>
    percentile(
      (taken.get(name) ?? []).map((times) => times[which]),
      0.5,
    );
  const empty = medianOf('empty', 'importMs');
  const overEmpty = (name: string, which: keyof Times) => Math.max(0, medianOf(name, which) - empty);
  const rows = [...bundles].map(([name, files]) => ({
    bundle: name,
    'whole KB': kilobytes(files),
    'loaded KB': kilobytes(files.filter(({ atStart }) => atStart)),
    files: `${files.filter(({ atStart }) => atStart).length} of ${files.length}`,
    'import ms': inTenths(medianOf(name, 'importMs')),
    'over empty': inTenths(overEmpty(name, 'importMs')),
    'whole over empty': inTenths(overEmpty(name, 'wholeMs')),
  }));
  progress.end(`${values.rounds} rounds`);
  console.table(rows);
  const sizes = functions.map(({ entry }) => kilobytes(bundles.get(entry) ?? []));
  console.log(`Largest bundle: ${Math.max(...sizes)} KB; median of ${sizes.length}: ${median(sizes)} KB`);
  const ratios = Object.entries(clientsOf).map(([name, clients]) => ({
    function: name,
    'over empty ms': inTenths(overEmpty(name, 'importMs')),
    'of the clients alone, ms': inTenths(overEmpty(clients, 'importMs')),
    ratio: (overEmpty(name, 'importMs') / overEmpty(clients, 'importMs')).toFixed(2),
  }));
  console.table(ratios);
  if (!values.json) return;
  const json = JSON.stringify(
    { at: new Date().toISOString(), node: process.version, rows, ratios },
    undefined,
    2,
  );
  await writeFile(values.json, `${json}\n`);
}

function inTenths(milliseconds: number): number {
  return Number(milliseconds.toFixed(1));
}

function kilobytes(files: readonly BundleFile[]): number {
  return Math.round(files.reduce((sum, { bytes }) => sum + bytes, 0) / 1_000);
}

function largestInputs(files: readonly BundleFile[]) {
  const inputs = files.flatMap(({ atStart, inputs }) =>
    Object.entries(inputs).map(([source, bytes]) => ({
      source,
      bytes,
      loaded: atStart ? 'with it' : 'late',
    })),
  );
  return inputs.toSorted((a, b) => b.bytes - a.bytes).slice(0, 300);
}

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type BuildResult, build, type Metafile } from 'esbuild';
import { trimPackages } from './trim-packages.ts';

// Some CommonJS dependencies require Node's own modules, and an ES module has no `require`.
const banner =
  "import{createRequire as llmCreateRequire}from'node:module';const require=llmCreateRequire(import.meta.url);";

/** A file of a bundle. */
export interface BundleFile {
  bytes: number;
  /** Loaded with the function; else only where it is needed. */
  atStart: boolean;
  /** Bytes that each source has in it, by its path from the root. */
  inputs: Record<string, number>;
}

export interface BundleOptions {
  /** JSON by the names that the code has it by. */
  constants: Record<string, string>;
  /** The folder in which each bundle becomes one of its name. */
  output: string;
  /**
   * By one call of esbuild, in a fifth of the time, because shared code is parsed and minified once. A bundle is then some
   * 10 % larger and in more files: a source that several functions have has what any of them uses.
   */
  together: boolean;
}

/**
 * Bundles functions. `entries` are paths under `functions/` without extension. Each becomes the directory
 * `<output>/<entry>` with `index.mjs` and the chunks that it imports, so that what is imported lazily is also loaded
 * lazily. The AWS SDK is bundled, which was measured to load faster than that of the Lambda runtime. Resolves with the
 * files of each; rejects with an Error that lists entries without a file.
 */
export function bundleFunctions(
  root: string,
  entries: readonly string[],
  options: BundleOptions,
): Promise<Map<string, BundleFile[]>> {
  return bundleFiles(
    root,
    new Map(entries.map((entry) => [entry, join(root, 'functions', `${entry}.ts`)])),
    options,
  );
}

/** The same of any files, by the names of their bundles. */
export async function bundleFiles(
  root: string,
  files: ReadonlyMap<string, string>,
  options: BundleOptions,
): Promise<Map<string, BundleFile[]>> {
  const missing = [...files.values()].filter((file) => !existsSync(file));
  if (missing.length > 0) throw new Error(`These functions have no entry file:\n${missing.join('\n')}`);
  const calls = options.together ? [files] : [...files].map((file) => new Map([file]));
  const bundles = await Promise.all(calls.map((files) => bundle(root, files, options)));
  return new Map(bundles.flatMap((made) => [...made]));
}

async function bundle(
  root: string,
  files: ReadonlyMap<string, string>,
  { constants, output }: BundleOptions,
): Promise<Map<string, BundleFile[]>> {
  const result = await build({
    absWorkingDir: root,
    // Without directories, so that a chunk is imported by the same path wherever it is copied to.
    entryPoints: [...files].map(([name, file]) => ({ in: file, out: name.replace('/', '-') })),
    outdir: output,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'warning',
    banner: { js: banner },
    alias: { '@aws-sdk/credential-provider-node': join(root, 'adapters/environment-credentials.ts') },
    plugins: [trimPackages(files.values())],
    define: constants,
    metafile: true,
    write: false,
  });
  return writeBundles(root, result, files, output);
}

function writeBundles(
  root: string,
  { metafile, outputFiles }: BuildResult<{ metafile: true; write: false }>,
  files: ReadonlyMap<string, string>,
  output: string,
): Map<string, BundleFile[]> {
  const contents = new Map(outputFiles.map((file) => [file.path, file.contents]));
  const made = new Map(Object.entries(metafile.outputs).map(([path, made]) => [resolve(root, path), made]));
  const starts = new Map(
    [...made].flatMap(([path, { entryPoint }]) => (entryPoint ? [[resolve(root, entryPoint), path]] : [])),
  );
  const writeBundle = (name: string, start: string): BundleFile[] => {
    mkdirSync(join(output, name), { recursive: true });
    const atStart = reachFrom(root, start, made, (kind) => kind === 'import-statement');
    return [...reachFrom(root, start, made, () => true)].map((path) => {
      writeFileSync(
        join(output, name, path === start ? 'index.mjs' : basename(path)),
        contents.get(path) ?? '',
      );
      const { bytes = 0, inputs = {} } = made.get(path) ?? {};
      const sources = Object.entries(inputs).map(([source, { bytesInOutput }]) => [source, bytesInOutput]);
      return { bytes, atStart: atStart.has(path), inputs: Object.fromEntries(sources) };
    });
  };
  return new Map([...files].map(([name, file]) => [name, writeBundle(name, starts.get(file) ?? '')]));
}

/** The outputs that one imports, and those that they import, by imports of some kinds. */
function reachFrom(
  root: string,
  start: string,
  made: ReadonlyMap<string, Metafile['outputs'][string]>,
  follows: (kind: string) => boolean,
): Set<string> {
  const reached = new Set([start]);
  // A set is walked in order of insertion, so what is added on the way is walked too.
  for (const path of reached)
    for (const { path: imported, kind, external } of made.get(path)?.imports ?? [])
      if (!external && follows(kind)) reached.add(resolve(root, imported));
  return reached;
}

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type BuildResult, buildSync } from 'esbuild';

// Some CommonJS dependencies require Node's own modules, and an ES module has no `require`.
const banner =
  "import{createRequire as llmCreateRequire}from'node:module';const require=llmCreateRequire(import.meta.url);";

/**
 * Bundles every function by one call of esbuild, so that shared code is parsed and minified once. `entries`
 * are paths under `functions/` without extension. Each becomes the directory `<output>/<entry>` with
 * `index.mjs` and the chunks that it imports, so that what is imported lazily is also loaded lazily. The AWS
 * SDK is bundled, which was measured to load faster than that of the Lambda runtime. `constants` are JSON by the
 * names that the code has them by. Throws an Error that lists entries without a file.
 */
export function bundleFunctions(
  root: string,
  entries: readonly string[],
  constants: Record<string, string>,
  output: string,
): void {
  const files = new Map(entries.map((entry) => [entry, join(root, 'functions', `${entry}.ts`)]));
  const missing = [...files.values()].filter((file) => !existsSync(file));
  if (missing.length > 0) throw new Error(`These functions have no entry file:\n${missing.join('\n')}`);
  const result = buildSync({
    absWorkingDir: root,
    // Without directories, so that a chunk is imported by the same path wherever it is copied to.
    entryPoints: [...files].map(([entry, file]) => ({ in: file, out: entry.replace('/', '-') })),
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
    define: constants,
    metafile: true,
    write: false,
  });
  writeFunctions(root, result, files, output);
}

function writeFunctions(
  root: string,
  { metafile, outputFiles }: BuildResult<{ metafile: true; write: false }>,
  files: ReadonlyMap<string, string>,
  output: string,
): void {
  const contents = new Map(outputFiles.map((file) => [file.path, file.contents]));
  const made = new Map(Object.entries(metafile.outputs).map(([path, made]) => [resolve(root, path), made]));
  const entryOutputs = new Map(
    [...made].flatMap(([path, { entryPoint }]) => (entryPoint ? [[resolve(root, entryPoint), path]] : [])),
  );
  for (const [entry, file] of files) {
    const directory = join(output, entry);
    mkdirSync(directory, { recursive: true });
    const start = entryOutputs.get(file) ?? '';
    const reached = new Set([start]);
    // A set is walked in order of insertion, so what is added on the way is walked too.
    for (const path of reached) {
      for (const { path: imported, external } of made.get(path)?.imports ?? [])
        if (!external) reached.add(resolve(root, imported));
      const name = path === start ? 'index.mjs' : basename(path);
      writeFileSync(join(directory, name), contents.get(path) ?? '');
    }
  }
}

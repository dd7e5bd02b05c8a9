import { readFileSync } from 'node:fs';
import { sep } from 'node:path';
import type { Plugin } from 'esbuild';
import { readOwnSources } from './read-own-sources.ts';

/** Gives what is kept of a package's file; undefined where it is not what the rule was written for. */
type Trim = (source: string, used: ReadonlySet<string>) => string | undefined;

interface Rule {
  /** From `node_modules`, with slashes. */
  file: RegExp;
  trim: Trim;
  /** A name that is in the own sources of a function which needs the whole. */
  unless?: string;
}

/**
 * Leaves out of the bundles of some entry files what these never use of packages, and esbuild cannot see to be unused. A
 * package that has changed so that a rule does not fit fails the build: the rule is to be read again.
 */
export function trimPackages(entries: Iterable<string>): Plugin {
  const used = new Set(readOwnSources(entries).match(/\b[A-Za-z]\w+\b/g));
  const due = rules.filter(({ unless }) => unless === undefined || !used.has(unless));
  return {
    name: 'trim-packages',
    setup(build) {
      for (const { file: filter, trim } of due)
        build.onLoad({ filter }, ({ path }) => {
          const contents = trim(readFileSync(path, 'utf8'), used);
          if (contents !== undefined) return { contents, loader: path.endsWith('.json') ? 'json' : 'js' };
          throw new Error(
            `${path.split(`${sep}node_modules${sep}`).at(-1)} has changed: read lib/trim-packages.ts`,
          );
        });
    },
  };
}

/**
 * Of an AWS client. Keys of objects that are constants are written out: esbuild keeps an object with computed keys. Errors
 * are registered that are named; any other is thrown as the client's base exception, with its own name.
 */
const trimSchemas: Trim = (source, used) => {
  const constants = new Map(
    [...source.matchAll(/^const (_\w+) = (".*");$/gm)].map(([, name = '', text = '']) => [name, text]),
  );
  const registrations = /^\w+_registry\.registerError\((\w+)\$, \w+\);$/gm;
  if (constants.size === 0 || !registrations.test(source)) return undefined;
  return source
    .replace(/\[(_\w+)\]:/g, (key, name: string) => (constants.has(name) ? `${constants.get(name)}:` : key))
    .replace(registrations, (line, error: string) =>
      used.has(error) || error.endsWith('ServiceException') ? line : '',
    );
};

/** A client reads its whole package.json for this. */
const keepVersion: Trim = (source) => {
  const { version } = JSON.parse(source);
  return typeof version === 'string' ? JSON.stringify({ version }) : undefined;
};

const reexports = /^export (?:\*|\{[^}]*\})(?: from "\.\/[^"]+")?;$/gm;

/** Of classes that are made and never called. */
const emptyClasses: Trim = (source) => {
  const classes = [...source.matchAll(/^export class (\w+)/gm)].map(([, name]) => `export class ${name} {}`);
  const others = source.match(reexports) ?? [];
  return classes.length + others.length > 0 ? [...classes, ...others].join('\n') : undefined;
};

/** Of functions that are named, or make such as are never called. */
const emptyFunctions: Trim = (source) => {
  const names = [...source.matchAll(/^export (?:function|const) (\w+)/gm)].map(([, name]) => name);
  const leftOut = "const leftOut = () => { throw new Error('This is left out by lib/trim-packages.ts'); };";
  const all = names.map((name) => `export const ${name} = () => leftOut;`);
  return names.length > 0 ? [leftOut, ...all].join('\n') : undefined;
};

/** What signs for several regions is never asked for. */
const signForOneRegion: Trim = (source) =>
  source.includes('export class SignatureV4MultiRegion')
    ? "export { SignatureV4 as SignatureV4MultiRegion } from '@smithy/signature-v4';"
    : undefined;

const rules: readonly Rule[] = [
  {
    file: /@aws-sdk[\\/]signature-v4-multi-region[\\/]dist-es[\\/]SignatureV4MultiRegion\.js$/,
    trim: signForOneRegion,
  },
  { file: /@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/, trim: trimSchemas },
  { file: /@aws-sdk[\\/]client-[\w-]+[\\/]package\.json$/, trim: keepVersion },
  // What finds the endpoints of a service that has some for each account: none that is called here.
  { file: /@aws-sdk[\\/]endpoint-cache[\\/]dist-es[\\/]EndpointCache\.js$/, trim: emptyClasses },
  {
    file: /@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/]event-streams[\\/](?:EventStreamSerde|eventstream-codec[\\/]\w+)\.js$/,
    trim: emptyClasses,
    unless: 'InvokeWithResponseStreamCommand',
  },
  // Of the modes of repeating requests only the adaptive one, which no client has (adapters/retry-policy.ts).
  {
    file: /@smithy[\\/]core[\\/].+[\\/]util-retry[\\/](?:AdaptiveRetryStrategy|DefaultRateLimiter)\.js$/,
    trim: emptyClasses,
  },
  // For events that a client sends.
  { file: /@smithy[\\/]signature-v4[\\/]dist-es[\\/]HeaderFormatter\.js$/, trim: emptyClasses },
  // For directory buckets.
  { file: /[\\/]middleware-s3-express[\\/]classes[\\/]S3ExpressIdentity\w+\.js$/, trim: emptyClasses },
  // Where Node has no crypto of its own.
  {
    file: /dist-es[\\/]submodules[\\/](?:checksum|sha)[\\/](?:sha256[\\/]Sha256Js|sha1[\\/]Sha1Js|md5[\\/]Md5Js)\.js$/,
    trim: emptyClasses,
  },
  // Answers are read by adapters/openai-chat-stream.ts, and nothing is listed in pages.
  { file: /[\\/]openai[\\/]core[\\/](?:streaming|pagination)\.mjs$/, trim: emptyClasses },
  // The client makes one of each; calls are made by its own methods (adapters/openai-language-model.ts).
  { file: /[\\/]openai[\\/]resources[\\/].+\.mjs$/, trim: emptyClasses },
  {
    file: /[\\/]zod[\\/]v4[\\/]core[\\/](?:json-schema-processors|to-json-schema)\.js$/,
    trim: emptyFunctions,
    unless: 'toJSONSchema',
  },
];

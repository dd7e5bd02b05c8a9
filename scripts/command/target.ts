import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { awsConfigFile, awsProfile } from '../../local/access-keys.ts';
import { loadEnvFile } from '../../local/env-file.ts';
import { credentials } from '../emulator/emulator-client.ts';
import { readEmulator } from '../emulator/read-emulator.ts';

type Variables = Record<string, string | undefined>;

export const root = join(import.meta.dirname, '../..');

/** `local`: the local host. `emulator`: what AWS_ENDPOINT_URL names. `aws`: what the AWS SDK finds by itself. */
export const targetKinds = ['local', 'emulator', 'aws'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** The deployment that a command is about. */
export interface Target {
  readonly kind: TargetKind;
  readonly stage: string;
  /** Found by what runs here, and not named: whoever called may not expect it. */
  readonly found: boolean;
  /** The local host's access key and address, as AWS_CONFIG_FILE; undefined for other kinds. */
  readonly keyFile: string | undefined;
}

/** What the command line says of it. */
export interface TargetOptions {
  stage?: string | undefined;
  target?: string | undefined;
  /** Where nothing says which: of a command that needs no host that runs. Default: `aws`. */
  otherwise?: TargetKind | undefined;
}

/**
 * Named by `--target`; else by AWS_ENDPOINT_URL, an emulator; else the local host that runs here, unless `--stage` is
 * given; else AWS. Throws an Error where both AWS and the local host may be meant.
 */
export function findTarget(
  { stage, target, otherwise = 'aws' }: TargetOptions,
  variables: Variables = process.env,
): Target {
  const make = (kind: TargetKind, keyFile?: string): Target => ({
    kind,
    stage: stage ?? 'dev',
    found: false,
    keyFile,
  });
  if (target !== undefined && !isKind(target))
    throw new Error(`--target is ${targetKinds.join(', ')}, not ${JSON.stringify(target)}`);
  // As a start of the local host prints them.
  const named = variables.AWS_PROFILE === awsProfile ? variables.AWS_CONFIG_FILE : undefined;
  const keyFile = named ?? awsConfigFile(dataDirectory(variables));
  if (target === 'local') return make('local', keyFile);
  if (target !== undefined) return make(target);
  if (named !== undefined) return make('local', named);
  if (variables.AWS_ENDPOINT_URL) return make('emulator');
  const isHere = existsSync(keyFile) || otherwise === 'local';
  if (stage !== undefined || !isHere) return make('aws');
  const other = ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID'].find((name) => variables[name]);
  if (other !== undefined)
    throw new Error(`The local host may be meant, and ${other} is set: say --target local or --target aws`);
  return { ...make('local', keyFile), found: true };
}

const isKind = (text: string): text is TargetKind => targetKinds.some((kind) => kind === text);

/** Where the local host has its data: `.env` may say it, as at a start. */
function dataDirectory(variables: Variables): string {
  const settings = { ...variables };
  const file = join(root, '.env');
  if (existsSync(file)) loadEnvFile(file, settings);
  return resolve(root, settings.LLM_DATA_DIR || '.llm-service/data');
}

/** Sets the environment so that every client of the AWS SDK that is made from now on reaches the target. */
export function reach({ kind, keyFile }: Target, variables: Variables = process.env): void {
  if (kind === 'aws') {
    if (variables.AWS_ENDPOINT_URL)
      throw new Error(`--target aws, and AWS_ENDPOINT_URL is set to ${variables.AWS_ENDPOINT_URL}: unset it`);
    return;
  }
  if (kind === 'emulator') {
    variables.AWS_REGION = readEmulator(variables).region;
    if (variables.AWS_ACCESS_KEY_ID) return;
    // An emulator takes any key, and is to see none of a profile.
    delete variables.AWS_PROFILE;
    variables.AWS_ACCESS_KEY_ID = credentials.accessKeyId;
    variables.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;
    return;
  }
  if (keyFile === undefined || !existsSync(keyFile))
    throw new Error(`No local host runs here: ${keyFile} is missing, which npm start writes`);
  // Keys and addresses of the environment would win over those of the profile.
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL'])
    delete variables[name];
  Object.assign(variables, { AWS_CONFIG_FILE: keyFile, AWS_PROFILE: awsProfile });
}

/** For people: where a command goes. */
export function describeTarget({ kind, stage, keyFile }: Target): string {
  if (kind === 'local') return `the local host (${keyFile})`;
  return kind === 'emulator'
    ? `the emulator at ${process.env.AWS_ENDPOINT_URL}, stage ${stage}`
    : `AWS, stage ${stage}`;
}

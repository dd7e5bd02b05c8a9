// npm run client:build: the client and the command line as JavaScript with types, in dist/, which is a package by itself:
// unlike the service, it needs no other. `npm run client:pack` makes its tarball.
import { spawnSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageFile from '../package.json' with { type: 'json' };
import { describePackage } from './client/describe-package.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'cli')], { stdio: 'inherit' });
if (status !== 0) process.exit(1);
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(describePackage(packageFile), null, 2)}\n`);
copyFileSync(join(root, 'LICENSE'), join(dist, 'LICENSE'));
console.error('dist/ is the package of the client and the command line');

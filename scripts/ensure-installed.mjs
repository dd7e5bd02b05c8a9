// Runs before `npm start`, `npm test` and the like: installs the packages of package-lock.json that are
// missing. Plain JavaScript without packages, because it runs before there are any, on whatever Node the
// machine has.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNode } from './check-node.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const minimumNode = 20;

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/** The packages that npm last installed; none where it has not, or was stopped while it wrote its list. */
function readInstalled() {
  try {
    return readPackages(join(modules, '.package-lock.json'));
  } catch {
    return {};
  }
}

/** Compares what is locked with what is installed, package by package. */
function inspect() {
  const { '': _project, ...locked } = readPackages(join(root, 'package-lock.json'));
  const installed = readInstalled();
  const outdated = [];
  const damaged = [];
  for (const [path, { version, optional }] of Object.entries(locked)) {
    const name = path.slice('node_modules/'.length);
    // npm leaves out optional packages that are made for other systems.
    if (!installed[path] && optional) continue;
    if (installed[path]?.version !== version) outdated.push(name);
    else if (!existsSync(join(root, path, 'package.json'))) damaged.push(name);
  }
  // The package `node` gets its program from an install script.
  if (installed['node_modules/node'] && !existsSync(join(modules, 'node', 'bin'))) damaged.push('node/bin');
  return { damaged, missing: [...outdated, ...damaged], total: Object.keys(installed).length };
}

function list(names) {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}

function fail(problem, advice) {
  console.error(`\n${problem}\n${advice}`);
  process.exit(1);
}

function runNpm(parameters) {
  const { npm_execpath: cli = '', npm_node_execpath: node = process.execPath } = process.env;
  // Not the `node` of node_modules, which npm may be about to replace.
  const [command, first] = cli.endsWith('npm-cli.js') ? [node, [cli]] : ['npm', []];
  const { status, error } = spawnSync(command, [...first, ...parameters], { cwd: root, stdio: 'inherit' });
  if (error) console.error(`npm could not be started: ${error.message}`);
  return status === 0;
}

function install({ damaged, missing, total }) {
  if (Number.parseInt(process.versions.node, 10) < minimumNode) {
    fail(
      `This is Node ${process.versions.node}. Installing the packages needs Node ${minimumNode} or newer.`,
      'Install a newer Node from https://nodejs.org and try again.',
    );
  }
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    fail(
      `node_modules is a link to a directory that lacks ${list(missing)}.`,
      'Run `npm ci` beside that directory, or remove the link and try again.',
    );
  }
  // `npm ci` begins anew and repairs everything; `npm install` puts back what was there when it fails, as
  // offline.
  const isWhole = total > 0 && damaged.length === 0;
  const parameters = isWhole ? ['install', '--no-save'] : ['ci'];
  const what = total === 0 ? 'No packages are installed' : `Missing or of another version: ${list(missing)}`;
  console.log(`${what}. Running \`npm ${parameters.join(' ')}\`, which takes up to a minute or two …`);
  const started = Date.now();
  // Development packages are needed even where NODE_ENV is production. npm's warnings are hidden: they are
  // about packages that need the Node which is just being installed.
  if (!runNpm([...parameters, '--include=dev', '--loglevel=error'])) {
    fail(
      'Installing the packages failed; npm says above why. It needs a package registry that can be reached.',
      `Then try again, or run \`npm ci\` in ${root} to see npm's own output.`,
    );
  }
  const left = inspect().missing;
  if (left.length > 0) {
    fail(
      `npm ended well, but these are still missing or of another version: ${list(left)}.`,
      'Does package-lock.json fit package.json, and may packages run install scripts (`npm config get ' +
        'ignore-scripts`)? Then remove node_modules and run `npm ci`.',
    );
  }
  const fault = checkNode(modules);
  if (fault) fail(fault, 'Remove node_modules/node and find out where it comes from before you run it.');
  console.log(`Installed in ${((Date.now() - started) / 1000).toFixed(0)} s.\n`);
}

const state = inspect();
if (state.missing.length > 0) install(state);

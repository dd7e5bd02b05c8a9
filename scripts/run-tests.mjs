// `npm test` and its parts: node --test, with two files at a time even on two cores, where Node runs one: most tests wait.
// Plain JavaScript, as what else runs before a check.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const filesAtOnce = Math.max(2, availableParallelism() - 1);
const options = ['--test', `--test-concurrency=${filesAtOnce}`, ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, options, { stdio: 'inherit' });
process.exitCode = status ?? 1;

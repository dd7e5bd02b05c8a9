import { existsSync, globSync, statSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';

// npm run test:mutation -- core/scheduling: breaks that folder (or files) line by line, and lists what no test beside it
// notices. Tests that are named too (test/unit/core/scheduling) are run as well.
const named = process.argv.slice(2);
const targets = named.filter((path) => !path.startsWith('test/'));
const missing = named.filter((path) => !existsSync(path));
if (targets.length === 0 || missing.length > 0) {
  console.error('Say which folder or files to break: npm run test:mutation -- core/scheduling');
  process.exit(1);
}
const isFolder = (path: string) => existsSync(path) && statSync(path).isDirectory();
const beside = targets.map((target) => `test/unit/${target.replace(/\.ts$/, '.test.ts')}`);
const namedTests = named.filter((path) => path.startsWith('test/'));
const testFiles = [...beside, ...namedTests]
  .flatMap((path) => globSync(isFolder(path) ? `${path}/**/*.test.ts` : path))
  // Models take seconds to run, once for each mutant.
  .filter((file, index, files) => !file.endsWith('-model.test.ts') && files.indexOf(file) === index);
if (testFiles.length === 0) {
  console.error(`There are no unit tests of ${targets.join(', ')}`);
  process.exit(1);
}
await new Stryker({
  mutate: targets.map((target) => (isFolder(target) ? `${target}/**/*.ts` : target)),
  tap: { testFiles },
}).runMutationTest();

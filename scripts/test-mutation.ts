import { existsSync, globSync, statSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';

// npm run test:mutation -- core/scheduling: breaks that folder (or files) line by line, and lists what no test beside it notices.
const targets = process.argv.slice(2);
const missing = targets.filter((target) => !existsSync(target));
if (targets.length === 0 || missing.length > 0) {
  console.error('Say which folder or files to break: npm run test:mutation -- core/scheduling');
  process.exit(1);
}
const isFile = (target: string) => statSync(target).isFile();
const testFiles = targets
  .flatMap((target) => {
    const near = `test/unit/${target.replace(/\.ts$/, '')}`;
    return globSync(isFile(target) ? `${near}.test.ts` : `${near}/**/*.test.ts`);
  })
  // Models take seconds to run, once for each mutant.
  .filter((file) => !file.endsWith('-model.test.ts'));
if (testFiles.length === 0) {
  console.error(`There are no unit tests of ${targets.join(', ')}`);
  process.exit(1);
}
await new Stryker({
  mutate: targets.map((target) => (isFile(target) ? target : `${target}/**/*.ts`)),
  tap: { testFiles },
}).runMutationTest();

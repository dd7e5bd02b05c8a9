import { existsSync, globSync, statSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';

// npm run test:mutation -- core/scheduling: breaks that folder (or file) line by line, and lists what no unit test notices.
const [target = ''] = process.argv.slice(2);
if (!existsSync(target)) {
  console.error('Say which folder or file to break: npm run test:mutation -- core/scheduling');
  process.exit(1);
}
const isFile = statSync(target).isFile();
const near = `test/unit/${target.replace(/\.ts$/, '')}`;
const testFiles = globSync(isFile ? [`${near}.test.ts`] : [`${near}/**/*.test.ts`]);
if (testFiles.length === 0) {
  console.error(`There are no tests at ${near}`);
  process.exit(1);
}
await new Stryker({
  mutate: [isFile ? target : `${target}/**/*.ts`],
  tap: { testFiles },
}).runMutationTest();

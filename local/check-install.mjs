// Says what to do when the installation is not whole. Plain JavaScript, so that any Node can say it.
import { createRequire } from 'node:module';

const minimumNode = 24;
const load = createRequire(import.meta.url);

function findProblem() {
  for (const name of ['aws-cdk-lib', 'dynalite', 'esbuild', 'fauxqs', 'ws']) {
    try {
      load.resolve(`${name}/package.json`);
    } catch (error) {
      // A package that hides its package.json is there.
      if (error.code === 'MODULE_NOT_FOUND') return `The package ${name} is missing`;
    }
  }
  const [major] = process.versions.node.split('.');
  if (Number(major) < minimumNode) {
    return `This is Node ${process.versions.node}, and the service needs ${minimumNode}, which its packages bring`;
  }
  return undefined;
}

const problem = findProblem();
if (problem) {
  console.error(`${problem}. Run \`npm ci\` in the project's directory, then \`npm start\`.`);
  process.exit(1);
}

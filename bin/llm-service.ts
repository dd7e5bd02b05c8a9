import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import { createJsonSchemas } from '../adapters/json-schemas.ts';
import { bundledConstants } from '../config/deployed.ts';
import { readConfigFile } from '../config/file/read-config-file.ts';
import { readSettings } from '../config/read-settings.ts';
import { ConfigurationError } from '../config/settings-variables.ts';
import { acknowledgeFindings } from '../lib/acknowledgements.ts';
import { buildConsole } from '../lib/build-console.ts';
import { buildDocsPage } from '../lib/build-docs-page.ts';
import { buildPages } from '../lib/build-pages.ts';
import { bundleFunctions } from '../lib/bundle-functions.ts';
import { pageServer } from '../lib/http-routes.ts';
import { listFunctions } from '../lib/list-functions.ts';
import { ServiceStage } from '../lib/service-stage.ts';
import packageFile from '../package.json' with { type: 'json' };
import { readContext } from './read-context.ts';

const app = new App({
  context: {
    // CDK's recommended flags of this version of aws-cdk-lib, the same however the app is started.
    ...recommendedFlags,
    // References between stacks are exports: emulators know them, and CloudFormation deletes none in use.
    '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  },
  // The CDK CLI switches this off to report findings itself, and then ends with 0 in spite of them.
  postCliContext: { '@aws-cdk/core:failSynthOnValidationErrors': true },
});
const root = join(import.meta.dirname, '..');
const bundles = mkdtempSync(join(tmpdir(), 'llm-service-'));
try {
  const context = readContext((name) => app.node.tryGetContext(name));
  const { stage, target } = context;
  // Once the app has its context, CDK's own rules can only be switched off by this variable.
  if (!target.checksTemplates) process.env.CDK_VALIDATION = 'false';
  const file = await readConfigFile(root, process.env, createJsonSchemas().check);
  if (target.kind === 'local') noteFiles(file.files);
  const configuration = readSettings(
    process.env,
    { ...context, version: packageFile.version, onAws: target.kind === 'aws' },
    file,
  );
  const entries = listFunctions(configuration).map(({ entry }) => entry);
  await bundleFunctions(root, entries, {
    constants: bundledConstants(configuration.deployed, configuration.settings),
    output: bundles,
    together: target.bundlesTogether,
  });
  await buildPages(
    { docs: buildDocsPage(root), console: buildConsole(root) },
    target.brotliQuality,
    join(bundles, pageServer.entry),
  );
  const service = new ServiceStage(app, `llm-${stage}`, {
    configuration,
    target,
    code: (entry) => Code.fromAsset(join(bundles, entry)),
  });
  if (target.checksTemplates) {
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    acknowledgeFindings(service);
  }
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  // The message says what to change; a stack trace would not help.
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(bundles, { recursive: true });
}

/** For whoever keeps the assembly while nothing changes: what else it was made of, whether or not it comes about. */
function noteFiles(files: readonly string[]): void {
  const { CDK_OUTDIR } = process.env;
  if (!CDK_OUTDIR) return;
  mkdirSync(CDK_OUTDIR, { recursive: true });
  writeFileSync(join(CDK_OUTDIR, 'configuration-files.json'), JSON.stringify(files));
}

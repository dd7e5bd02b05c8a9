import { join } from 'node:path';
import { createJsonSchemas } from '../../adapters/json-schemas.ts';
import { createSsmParameters } from '../../adapters/ssm-parameters.ts';
import { readConfigFile } from '../../config/file/read-config-file.ts';
import { parameterName, readSettings } from '../../config/read-settings.ts';
import { chooseSecrets } from './choose-secrets.ts';
import { clearOutput } from './clear-output.ts';
import { isBootstrapped, readAccount } from './describe-stacks.ts';
import { clientOptions } from './emulator-client.ts';
import { finishDeployment } from './finish-deployment.ts';
import type { Emulator } from './read-emulator.ts';
import { cdkEnvironment, runCdk } from './run-cdk.ts';
import { waitForEmulator } from './wait-for-emulator.ts';

export interface EmulatorDeployment {
  emulator: Emulator;
  stage: string;
  version: string;
  /** Directory of the project. */
  root: string;
  /** Directory of the cloud assembly. */
  output: string;
  /** More context for the CDK app, as `name=value`. */
  context: readonly string[];
  /** The environment: settings, provider keys, and secrets where given. */
  source: Record<string, string | undefined>;
  randomBase64: (bytes: number) => string;
  /** Runs one step and prints its title and duration. */
  step: <T>(title: string, run: () => Promise<T>) => Promise<T>;
}

export interface DeployedService {
  /** Environment variables for clients and the end-to-end tests. */
  variables: Record<string, string>;
  /** Names of the secrets that this deployment generated. */
  generated: string[];
  notices: string[];
}

/** Bootstraps where needed, deploys every stack, and sets what the emulator's CloudFormation leaves out. */
export async function deployToEmulator(deployment: EmulatorDeployment): Promise<DeployedService> {
  const { emulator, stage, version, root, output, step } = deployment;
  await step(`Waiting for ${emulator.endpoint}`, () => waitForEmulator(emulator));

  const parameters = createSsmParameters(clientOptions(emulator));
  const secrets = await chooseSecrets(
    deployment.source,
    {
      LLM_AUTH_TOKEN: parameterName(stage, 'auth-token'),
      LLM_WEBHOOK_SECRET: parameterName(stage, 'webhook-secrets'),
    },
    parameters,
    deployment.randomBase64,
  );
  // The app only looks whether a secret is set.
  const source = { ...deployment.source, ...secrets.variables };
  const file = await readConfigFile(root, source, createJsonSchemas().check);
  const { localParameters, notices } = readSettings(
    source,
    { stage, version, onAws: false, reservedConcurrency: true, open: false },
    file,
  );

  const environment = cdkEnvironment(source, emulator, root);
  clearOutput(output);
  await step('Synthesizing', () => runCdk(root, environment, synthParameters(deployment)));
  if (!(await isBootstrapped(emulator)))
    await step('Bootstrapping', async () => {
      const place = `aws://${await readAccount(emulator)}/${emulator.region}`;
      await runCdk(root, environment, ['bootstrap', place, `--app=${output}`, '--ci']);
    });
  await step('Writing the secrets', async () => {
    for (const [parameter, variable] of Object.entries(localParameters)) {
      const value = source[variable]?.trim();
      if (value) await parameters.write(parameter, value);
    }
  });
  await step('Deploying', () => runCdk(root, environment, deployParameters(deployment)));
  const { urls } = await step('Restoring what CloudFormation left out', async () => {
    const finished = await finishDeployment(emulator, output);
    for (const restoration of finished.restorations)
      console.log(`  ${Object.values(restoration).slice(0, 2).join(' of ')}`);
    return finished;
  });
  return {
    variables: {
      LLM_BASE_URL: urls.http,
      ...(urls.webSocket !== undefined && { LLM_WS_URL: urls.webSocket }),
      ...secrets.variables,
    },
    generated: secrets.generated,
    notices,
  };
}

function synthParameters({ emulator, stage, output, context }: EmulatorDeployment): string[] {
  return [
    'synth',
    '--quiet',
    '--ci',
    `--output=${output}`,
    '--context=target=emulator',
    `--context=emulatorEndpoint=${emulator.functionsEndpoint}`,
    `--context=stage=${stage}`,
    ...context.map((pair) => `--context=${pair}`),
  ];
}

function deployParameters({ stage, output }: EmulatorDeployment): string[] {
  return [
    'deploy',
    `llm-${stage}/*`,
    `--app=${output}`,
    '--ci',
    '--require-approval=never',
    // Emulators support change sets worst of all.
    '--method=direct',
    '--concurrency=3',
    `--outputs-file=${join(output, 'outputs.json')}`,
  ];
}

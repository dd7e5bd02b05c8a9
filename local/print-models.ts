// Says after a start what a model's server on this machine has, by the command that also tells the service.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { awsProfile } from './access-keys.ts';

/** Prints when it has come to know; a start does not wait for it. */
export function printModels(root: string, awsConfigFile: string, hasConfigurationFile: boolean): void {
  const { LOCAL_LLM_BASE_URL, LOCAL_BASE_URL, LLM_PROVIDERS = '' } = process.env;
  const isLeftOut = LLM_PROVIDERS.trim() !== '' && !/(^|[,\s])local($|[,\s])/.test(LLM_PROVIDERS);
  const isNamed = Boolean(LOCAL_LLM_BASE_URL?.trim() || LOCAL_BASE_URL?.trim()) && !isLeftOut;
  if (!isNamed && !hasConfigurationFile) return;
  const command = spawn(process.execPath, [join(root, 'scripts', 'providers.ts'), 'models', '--if-any'], {
    cwd: root,
    env: { ...process.env, AWS_CONFIG_FILE: awsConfigFile, AWS_PROFILE: awsProfile },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.once('exit', () => command.kill());
}

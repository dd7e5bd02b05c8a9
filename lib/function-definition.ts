import type { Environment } from '../config/environment.ts';
import type { Uses } from './service-resources.ts';

/** Variables that the templates set; the local host sets its own, and the bundle has the settings. */
export type Variable = Exclude<keyof Environment, 'LOCAL_HOST_STARTED_AT' | 'SETTINGS'>;

/** A Lambda function as data. */
export interface FunctionDefinition {
  /** Path under `functions/` without extension. */
  entry: string;
  /** Exactly what its `Environment.pick` asks for; a test compares them. */
  environment: readonly Variable[];
  /** What its role may do. */
  uses: Uses;
  /** MB. Default 256. */
  memory?: number;
  /** Seconds. Default 10. */
  timeout?: number;
  /** Each task comes to it: on one machine it is started with the service. */
  startsWarm?: true;
}

/** `http/submit-task` → `SubmitTask`. */
export function constructId(entry: string): string {
  const [, name = ''] = entry.split('/');
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Physical name, by which alarms find it: `llm-<stage>-submit-task`, `llm-<stage>-websocket-connect`. */
export function functionName(stage: string, entry: string, suffix = ''): string {
  const [trigger, name] = entry.split('/');
  return `llm-${stage}-${trigger === 'websocket' ? 'websocket-' : ''}${name}${suffix && `-${suffix}`}`;
}

// Names under which a deployment keeps something. CloudFormation makes a new resource for another logical id
// or name, and what was in the old one is lost, left behind or done twice.
import assert from 'node:assert/strict';
import type { Template } from 'aws-cdk-lib/assertions';
import { awsTarget } from '../../lib/deployment-target.ts';
import { resourcesOf, synthesizeService } from './synthesize-service.ts';

/** A deployment of the default stage, with two providers. */
export const defaultStage = { stage: 'dev', variables: { LLM_PROVIDERS: 'kimi,openai' } };
export const deployed = synthesizeService({ ...defaultStage, target: awsTarget(true) });

/** Physical name, or '' where CloudFormation makes one, by logical id. */
export type Names = Record<string, string>;

export function namesOf(template: Template, type: string, property: string): Names {
  return Object.fromEntries(
    resourcesOf(template, type).map(([id, { Properties }]) => [id, Properties[property] ?? '']),
  );
}

/** Fails with the reason and the names when an expected name is missing; new ones may be added. */
export function assertKept(actual: Names, expected: Names, why: string): void {
  const gone = Object.entries(expected).filter(([id, name]) => actual[id] !== name);
  const added = Object.entries(actual).filter(([id, name]) => expected[id] !== name);
  const list = (entries: [string, string][]) => entries.map((entry) => `\n  ${entry.join('  ')}`).join('');
  assert.ok(gone.length === 0, `${why} Gone:${list(gone)}\nNew:${list(added)}`);
}

import type { Stage } from 'aws-cdk-lib';

/** Findings of cdk-nag that are meant to be, each with its reason. */
export function acknowledgeFindings(_stage: Stage): void {}

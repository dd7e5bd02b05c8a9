// Who may invoke a function: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
import { functionName } from '../lambda/lambda-host.ts';
import type { ResolvedTemplates } from '../template/resolve-template.ts';

export type InvokePermissions = (functionArn: string, principal: string, sourceArn: string) => boolean;

export function readInvokePermissions(templates: ResolvedTemplates): InvokePermissions {
  const grants = templates.ofType('AWS::Lambda::Permission').map(({ properties }) => ({
    name: functionName(properties.FunctionName),
    principal: properties.Principal,
    source: properties.SourceArn as string | undefined,
  }));
  return (functionArn, principal, sourceArn) =>
    grants.some(
      (grant) =>
        grant.name === functionName(functionArn) &&
        grant.principal === principal &&
        (grant.source === undefined || matchesArn(grant.source, sourceArn)),
    );
}

/** @param pattern an ARN in which * stands for any text */
export function matchesArn(pattern: string, arn: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(arn);
}

/** The function in an integration's or an authorizer's URI. */
export function functionArnOf(uri: string): string {
  return uri.match(/arn:aws:lambda:[^/]+/)?.[0] ?? uri;
}

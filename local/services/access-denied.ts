// How AWS says that a role may not do something:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
import type { AccessRequest } from './iam.ts';
import { ServiceFault } from './service-fault.ts';

/** Who calls: a function, by its role. */
export interface Principal {
  readonly functionName: string;
  readonly roleArn: string;
}

/** @param service as in the credential scope of a signature */
export function accessDenied(
  service: string,
  { functionName, roleArn }: Principal,
  { action, resource }: AccessRequest,
): ServiceFault {
  const session = roleArn
    .replace(':iam:', ':sts:')
    .replace(/:role\/.*$/, `:assumed-role/${roleArn.split('/').at(-1)}/${functionName}`);
  const message =
    `User: ${session} is not authorized to perform: ${action} on resource: ${resource} ` +
    `because no identity-based policy allows the ${action} action`;
  return new ServiceFault(403, service === 's3' ? 'AccessDenied' : 'AccessDeniedException', message);
}

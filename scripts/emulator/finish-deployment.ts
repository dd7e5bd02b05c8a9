import { applyRestorations } from './apply-restorations.ts';
import { describeStack } from './describe-stacks.ts';
import { findUrls, type ServiceUrls } from './find-urls.ts';
import { planRestorations, type Restoration } from './plan-restorations.ts';
import { readAssembly } from './read-assembly.ts';
import type { Emulator } from './read-emulator.ts';

/** Sets what the emulator's CloudFormation left out of the stacks in `assembly`, and finds their URLs. */
export async function finishDeployment(
  emulator: Emulator,
  assembly: string,
): Promise<{ urls: ServiceUrls; restorations: Restoration[] }> {
  const resources = {};
  const physicalIds = new Map<string, string>();
  const restorations: Restoration[] = [];
  for (const stack of readAssembly(assembly)) {
    const ids = await describeStack(emulator, stack.name);
    restorations.push(...planRestorations(stack.resources, ids));
    Object.assign(resources, stack.resources);
    for (const [logicalId, physicalId] of ids) physicalIds.set(logicalId, physicalId);
  }
  await applyRestorations(emulator, restorations);
  return { urls: findUrls(emulator.endpoint, resources, physicalIds), restorations };
}

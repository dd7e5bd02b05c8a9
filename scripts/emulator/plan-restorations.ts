import type { Resources } from './read-assembly.ts';

/** One property to set through the service's own API, because the emulator's CloudFormation leaves it out. */
export type Restoration =
  | { kind: 'time to live'; table: string; attribute: string }
  | { kind: 'reserved concurrency'; functionName: string; executions: number }
  | { kind: 'recursive loop'; functionName: string; setting: 'Allow' | 'Terminate' }
  | { kind: 'cors'; apiId: string; configuration: Record<string, unknown> };

/** `physicalIds`: from logical ids. Throws an Error when a resource to restore was not deployed. */
export function planRestorations(
  resources: Resources,
  physicalIds: ReadonlyMap<string, string>,
): Restoration[] {
  return Object.entries(resources).flatMap(([logicalId, { Type, Properties }]) => {
    const name = () => {
      const id = physicalIds.get(logicalId);
      if (id === undefined) throw new Error(`The emulator did not deploy ${logicalId} (${Type})`);
      return id;
    };
    if (Type === 'AWS::DynamoDB::Table') return planTable(Properties, name);
    if (Type === 'AWS::Lambda::Function') return planFunction(Properties, name);
    if (Type === 'AWS::ApiGatewayV2::Api') return planApi(Properties, name);
    return [];
  });
}

type Properties = Resources[string]['Properties'];

function planTable(
  { TimeToLiveSpecification: specification }: Properties,
  name: () => string,
): Restoration[] {
  const attribute = (specification as { AttributeName?: string } | undefined)?.AttributeName;
  return attribute === undefined ? [] : [{ kind: 'time to live', table: name(), attribute }];
}

function planFunction(
  { ReservedConcurrentExecutions: executions, RecursiveLoop: setting }: Properties,
  name: () => string,
): Restoration[] {
  const plan: Restoration[] = [];
  if (executions !== undefined)
    plan.push({ kind: 'reserved concurrency', functionName: name(), executions: Number(executions) });
  if (setting === 'Allow' || setting === 'Terminate')
    plan.push({ kind: 'recursive loop', functionName: name(), setting });
  return plan;
}

function planApi({ CorsConfiguration: configuration }: Properties, name: () => string): Restoration[] {
  if (typeof configuration !== 'object' || configuration === null) return [];
  // CloudFormation's names start with a capital, the API's with a small letter.
  const entries = Object.entries(configuration).map(([key, value]) => [
    key.charAt(0).toLowerCase() + key.slice(1),
    value,
  ]);
  return [{ kind: 'cors', apiId: name(), configuration: Object.fromEntries(entries) }];
}

import type { Resources } from './read-assembly.ts';

export interface ServiceUrls {
  http: string;
  /** Absent in a deployment without WebSockets. */
  webSocket: string | undefined;
}

/**
 * Where clients reach the APIs on an emulator. The stack's outputs name hosts of AWS. The form below, with the
 * API in the path, is LocalStack's; MiniStack has it too, and it needs no name resolution:
 * https://docs.localstack.cloud/aws/services/apigateway/
 */
export function findUrls(
  endpoint: string,
  resources: Resources,
  physicalIds: ReadonlyMap<string, string>,
): ServiceUrls {
  const found = Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Api')
    .map(([logicalId, { Properties }]) => ({
      id: physicalIds.get(logicalId),
      protocol: Properties.ProtocolType,
      stage: findStage(resources, logicalId),
    }));
  const base = (protocol: string) => {
    const api = found.find((candidate) => candidate.protocol === protocol);
    return api?.id && api.stage ? `${endpoint}/_aws/execute-api/${api.id}/${api.stage}` : undefined;
  };
  const http = base('HTTP');
  if (http === undefined) throw new Error('The emulator did not deploy the HTTP API');
  return { http, webSocket: base('WEBSOCKET')?.replace(/^http/, 'ws') };
}

function findStage(resources: Resources, apiLogicalId: string): string | undefined {
  const stage = Object.values(resources).find(
    ({ Type, Properties }) =>
      Type === 'AWS::ApiGatewayV2::Stage' &&
      (Properties.ApiId as { Ref?: string } | undefined)?.Ref === apiLogicalId,
  );
  return stage === undefined ? undefined : String(stage.Properties.StageName);
}

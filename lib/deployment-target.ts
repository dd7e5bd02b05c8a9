/**
 * Where the app is synthesized for. Everything that differs between AWS, an emulator and one machine is a member
 * here and nowhere else: no construct asks for the kind of target.
 */
export interface DeploymentTarget {
  kind: 'aws' | 'emulator' | 'local';
  /** Tables and the payload bucket outlive their stack. */
  retainsData: boolean;
  /**
   * Sets the role by which API Gateway writes WebSocket access logs, which is one per account and region:
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
   */
  setsApiGatewayLogRole: boolean;
  /** Its templates are checked by cdk-nag and CDK's own rules, which takes two thirds of a synth. */
  checksTemplates: boolean;
  /** Stands before `/<api id>/<stage>` in the endpoint of `@connections`; undefined: the API's own domain. */
  connectionsBaseUrl: string | undefined;
}

export const localTarget: DeploymentTarget = {
  kind: 'local',
  retainsData: false,
  // One machine has no account to protect, and the same templates are checked for AWS.
  checksTemplates: false,
  setsApiGatewayLogRole: false,
  connectionsBaseUrl: undefined,
};

/** `endpoint`: the emulator's own URL, as functions inside it reach it, for example http://127.0.0.1:4566. */
export function emulatorTarget(endpoint: string): DeploymentTarget {
  return {
    kind: 'emulator',
    retainsData: false,
    checksTemplates: true,
    setsApiGatewayLogRole: false,
    connectionsBaseUrl: `${endpoint}/_aws/execute-api`,
  };
}

/** `setsApiGatewayLogRole` false: the account has that role already, and another app owns it. */
export function awsTarget(setsApiGatewayLogRole: boolean): DeploymentTarget {
  return {
    kind: 'aws',
    retainsData: true,
    checksTemplates: true,
    setsApiGatewayLogRole,
    connectionsBaseUrl: undefined,
  };
}

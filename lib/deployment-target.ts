/**
 * Where the app is synthesized for. What differs between AWS, an emulator and one machine is a member here:
 * constructs ask for that and not for `kind`, except for the metadata that the local host reads.
 */
export interface DeploymentTarget {
  kind: 'aws' | 'emulator' | 'local';
  /** Tables and the payload bucket are kept when their stack is deleted. */
  retainsData: boolean;
  /**
   * Sets the role by which API Gateway writes WebSocket access logs, which is one per account and region:
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
   */
  setsApiGatewayLogRole: boolean;
  /** Templates are checked by cdk-nag and CDK's own rules, which takes two thirds of a synth. */
  checksTemplates: boolean;
  /** Where WebSockets and `@connections` are, before `/<api id>/<stage>`; undefined: the API's own domain. */
  apiBaseUrl: string | undefined;
  /** WebSockets and streams have the address of the HTTP API, by whatever name a caller reaches it. */
  hasOneAddress: boolean;
  /** Of files that are kept compressed: 11 is the best and takes seconds, 5 an eighth more. */
  brotliQuality: 5 | 11;
  /** Functions are bundled in seconds less and some 10 % larger (lib/bundle-functions.ts). */
  bundlesTogether: boolean;
  /** Alarms may be on what is computed of several metrics. */
  hasMetricMath: boolean;
}

export const localTarget: DeploymentTarget = {
  kind: 'local',
  retainsData: false,
  // The same templates are checked when they are synthesized for AWS.
  checksTemplates: false,
  setsApiGatewayLogRole: false,
  apiBaseUrl: undefined,
  hasOneAddress: true,
  // The first start does not wait for the best.
  brotliQuality: 5,
  bundlesTogether: true,
  hasMetricMath: true,
};

/** `endpoint`: the emulator's URL as its functions reach it, for example http://127.0.0.1:4566. */
export function emulatorTarget(endpoint: string): DeploymentTarget {
  return {
    kind: 'emulator',
    retainsData: false,
    checksTemplates: true,
    setsApiGatewayLogRole: false,
    apiBaseUrl: `${endpoint}/_aws/execute-api`,
    hasOneAddress: false,
    brotliQuality: 11,
    bundlesTogether: false,
    hasMetricMath: false,
  };
}

/** `setsApiGatewayLogRole` false: the account has that role already, and another app owns it. */
export function awsTarget(setsApiGatewayLogRole: boolean): DeploymentTarget {
  return {
    kind: 'aws',
    retainsData: true,
    checksTemplates: true,
    setsApiGatewayLogRole,
    apiBaseUrl: undefined,
    hasOneAddress: false,
    brotliQuality: 11,
    bundlesTogether: false,
    hasMetricMath: true,
  };
}

// The table that a start prints.
import { awsProfile } from './access-keys.ts';
import { localPaths } from './api/function-url.ts';
import type { Host } from './start-host.ts';
import type { Value } from './template/cloud-assembly.ts';
import type { ResolvedResource } from './template/resolve-template.ts';

export function describeServed(host: Host): string {
  const { templates } = host;
  const of = (type: string) => templates.ofType(type);
  const shortName = new Map(of('AWS::Lambda::Function').map((one) => [one.attributes.Arn, one.ref]));
  const mappings = of('AWS::Lambda::EventSourceMapping');
  const sections: [string, string[]][] = [
    ['HTTP API', routesOf(templates.ofType('AWS::ApiGatewayV2::Route'))],
    ['WebSocket', [host.wsUrl]],
    ['Streams', of('AWS::Lambda::Url').flatMap(localPaths)],
    ['Workers', mappings.map((mapping) => describeMapping(mapping, shortName))],
    ['Tables', of('AWS::DynamoDB::Table').map(({ ref }) => ref)],
    ['Queues', [`${of('AWS::SQS::Queue').length}`]],
    ['Functions', [`${of('AWS::Lambda::Function').length}`]],
    [
      'Schedules',
      of('AWS::Scheduler::Schedule').map(({ properties }) => scheduleLine(properties, shortName)),
    ],
    ['AWS endpoint', [host.awsEndpoint, `AWS_CONFIG_FILE=${host.awsConfigFile} AWS_PROFILE=${awsProfile}`]],
  ];
  const lines = sections
    .filter(([, entries]) => entries.length > 0)
    .flatMap(([title, entries]) =>
      entries.map((entry, index) => `  ${(index === 0 ? title : '').padEnd(13)}${entry}`),
    );
  return [...lines, '', ...host.notices, `Ready on ${host.url}`].join('\n');
}

/** One line a path, with its methods. */
function routesOf(routes: ResolvedResource[]): string[] {
  const byPath = new Map<string, string[]>();
  for (const { properties } of routes) {
    const [method = '', path] = String(properties.RouteKey).split(' ');
    if (path) byPath.set(path, [...(byPath.get(path) ?? []), method]);
  }
  return [...byPath]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, methods]) => `${path}  ${methods.sort().join(' ')}`);
}

function describeMapping({ properties }: ResolvedResource, names: Map<Value, string>): string {
  const source = String(properties.EventSourceArn);
  const name = names.get(properties.FunctionName) ?? properties.FunctionName;
  if (!source.startsWith('arn:aws:sqs:')) return `${name}  changes of ${source.split('/')[1]}`;
  const concurrency = properties.ScalingConfig?.MaximumConcurrency;
  return `${name}  queue ${source.split(':').at(-1)}${concurrency ? `, ${concurrency} at a time` : ''}`;
}

function scheduleLine(properties: Value, names: Map<Value, string>): string {
  return `${names.get(properties.Target.Arn) ?? properties.Target.Arn}  ${properties.ScheduleExpression}`;
}

import type { Template } from 'aws-cdk-lib/assertions';
import { resourcesOf } from './synthesize-service.ts';

interface Widget {
  type: string;
  properties: { markdown?: string; metrics?: unknown[][] };
}

/** Widgets of the dashboard. What only AWS knows, such as the name of a table, is a question mark. */
function readWidgets(monitoring: Template): Widget[] {
  const [dashboard] = resourcesOf(monitoring, 'AWS::CloudWatch::Dashboard');
  const body = dashboard?.[1].Properties.DashboardBody as string | { 'Fn::Join': [string, unknown[]] };
  const text =
    typeof body === 'string'
      ? body
      : body['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '?')).join('');
  return JSON.parse(text).widgets;
}

/** `<namespace> <name>` of every metric that a graph shows. */
export function readGraphMetrics(monitoring: Template): string[] {
  return readWidgets(monitoring).flatMap(({ properties: { metrics = [] } }) =>
    metrics.flatMap(([namespace, name]) =>
      typeof namespace === 'string' ? [`${namespace} ${String(name)}`] : [],
    ),
  );
}

export function readText(monitoring: Template): string[] {
  return readWidgets(monitoring).flatMap(({ properties: { markdown } }) => markdown ?? []);
}

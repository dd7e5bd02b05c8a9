import { Dashboard, GraphWidget, type IMetric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Settings } from '../config/settings.ts';
import type { ServiceMetrics } from './service-metrics.ts';
import { eventPublisher } from './triggered-functions.ts';

const wholeWidth = 24;

/** Three rows, each under the question that it answers. */
export function addDashboard(
  scope: Construct,
  settings: Settings,
  metrics: ServiceMetrics,
  alarmSpendPerHour: number,
): void {
  const providers = settings.providers.map(({ name }) => name);
  const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: wholeWidth / 3 });
  const spend = new GraphWidget({
    title: 'US dollars an hour',
    left: [metrics.spendPerHour()],
    leftAnnotations: [{ value: alarmSpendPerHour, label: 'The alarm rings' }],
    width: wholeWidth / 3,
  });
  const waits = new GraphWidget({
    title: 'Age of the oldest urgent task (s), lag of events (ms, right)',
    left: [metrics.urgentWait()],
    right: [metrics.streamLag(eventPublisher.entry)],
    width: wholeWidth / 3,
  });
  const rows: [question: string, widgets: GraphWidget[]][] = [
    [
      'Is it healthy?',
      [
        graph('HTTP requests', [
          metrics.httpRequests(),
          metrics.httpErrors('4xx'),
          metrics.httpErrors('5xx'),
        ]),
        graph('Errors and throttles', [
          ...providers.map((name) => metrics.workerErrors(name)),
          ...metrics.serviceErrors().slice(1),
          metrics.functionErrors(eventPublisher.entry),
          ...metrics.throttles(),
          ...metrics.readThrottles(),
        ]),
        graph('Open circuits (below 0) and dead letters', [
          metrics.circuitsOpen(),
          ...metrics.deadLetters(),
          ...providers.map((name) => metrics.deadTasks(name)),
        ]),
      ],
    ],
    [
      'What waits?',
      [
        graph(
          'Waiting tasks',
          providers.flatMap((name) => metrics.waitingTasks(name)),
        ),
        graph(
          'Calls under way',
          providers.map((name) => metrics.workerConcurrency(name)),
        ),
        waits,
      ],
    ],
    [
      'What does it cost?',
      [
        spend,
        graph(
          'Time of workers (ms)',
          providers.map((name) => metrics.workerDuration(name)),
        ),
        graph('Units written to the tables', metrics.writtenUnits()),
      ],
    ],
  ];
  const dashboard = new Dashboard(scope, 'Dashboard', { dashboardName: `llm-${settings.stage}` });
  for (const [question, widgets] of rows) {
    dashboard.addWidgets(new TextWidget({ markdown: `## ${question}`, width: wholeWidth, height: 1 }));
    dashboard.addWidgets(...widgets);
  }
}

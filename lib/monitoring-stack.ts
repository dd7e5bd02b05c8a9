import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Settings } from '../config/settings.ts';
import { describeAlarms } from './alarms.ts';
import type { HttpEndpoint } from './constructs/http-endpoint.ts';
import { ServiceMetrics } from './service-metrics.ts';

export interface MonitoringStackProps extends StackProps {
  settings: Settings;
  http: HttpEndpoint;
}

/** Alarms, the topic that they notify, and a dashboard. No other stack depends on this one. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    super(scope, id, props);
    const { settings } = props;
    const metrics = new ServiceMetrics(settings.stage, props.http.api.apiId);

    const topic = new Topic(this, 'Alarms', {
      displayName: `LLM Service ${settings.stage}`,
      enforceSSL: true,
    });
    // A topic with a policy of its own lacks the default one, which lets the account's alarms publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        actions: ['sns:Publish'],
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    for (const { id: alarmId, metric, ...alarm } of describeAlarms(settings, metrics))
      metric
        .createAlarm(this, alarmId, { evaluationPeriods: 1, ...alarm })
        .addAlarmAction(new SnsAction(topic));

    this.addDashboard(settings, metrics);
    new CfnOutput(this, 'AlarmTopic', { value: topic.topicArn });
  }

  private addDashboard(settings: Settings, metrics: ServiceMetrics): void {
    const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 12 });
    const providers = settings.providers.map(({ name }) => name);
    const dashboard = new Dashboard(this, 'Dashboard', { dashboardName: `llm-${settings.stage}` });
    dashboard.addWidgets(
      graph('HTTP requests', [metrics.httpRequests(), metrics.httpErrors('4xx'), metrics.httpErrors('5xx')]),
      graph('HTTP latency, p95', [metrics.httpLatency()]),
    );
    dashboard.addWidgets(
      graph(
        'Waiting tasks',
        providers.flatMap((name) => metrics.waitingTasks(name)),
      ),
      graph(
        'Calls under way',
        providers.map((name) => metrics.workerConcurrency(name)),
      ),
    );
    dashboard.addWidgets(
      graph(
        'Worker errors',
        providers.map((name) => metrics.workerErrors(name)),
      ),
      graph('Dead letters and repairs', [...metrics.deadLetters(settings), metrics.sweeperRepairs()]),
    );
  }
}

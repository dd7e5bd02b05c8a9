import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Alarm, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Settings } from '../config/settings.ts';
import { alarmMetrics, describeAlarms } from './alarms.ts';
import type { HttpEndpoint } from './constructs/http-endpoint.ts';
import { addDashboard } from './dashboard.ts';
import type { DeploymentTarget } from './deployment-target.ts';
import { ServiceMetrics } from './service-metrics.ts';
import type { StorageStack } from './storage-stack.ts';

export interface MonitoringStackProps extends StackProps {
  settings: Settings;
  /** US dollars an hour above which an alarm rings. */
  alarmSpendPerHour: number;
  target: DeploymentTarget;
  http: HttpEndpoint;
  storage: StorageStack;
}

/** Alarms, the topic that they notify, and a dashboard. No other stack depends on this one. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    super(scope, id, props);
    const { settings, alarmSpendPerHour, target, http, storage } = props;
    const tables = [storage.taskTable.tableName, storage.stateTable.tableName];
    const metrics = new ServiceMetrics(settings.stage, http.api.apiId, tables);

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
    for (const description of describeAlarms(settings, metrics, alarmSpendPerHour)) {
      const { id: _id, metrics: _metrics, join: _join, ...alarm } = description;
      for (const [alarmId, metric] of alarmMetrics(description))
        if (target.hasMetricMath || !(metric instanceof MathExpression))
          new Alarm(this, alarmId, { ...alarm, metric, evaluationPeriods: 1 }).addAlarmAction(
            new SnsAction(topic),
          );
    }

    addDashboard(this, settings, metrics, alarmSpendPerHour);
    new CfnOutput(this, 'AlarmTopic', { value: topic.topicArn });
  }
}

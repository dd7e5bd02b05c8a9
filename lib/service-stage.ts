import { Stage, type StageProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/read-settings.ts';
import type { FunctionCode } from './constructs/service-function.ts';
import type { DeploymentTarget } from './deployment-target.ts';
import { MonitoringStack } from './monitoring-stack.ts';
import { ServiceStack } from './service-stack.ts';
import { StorageStack } from './storage-stack.ts';

export interface ServiceStageProps extends StageProps {
  configuration: Configuration;
  target: DeploymentTarget;
  code: FunctionCode;
}

/** One deployment of the whole service. */
export class ServiceStage extends Stage {
  readonly storage: StorageStack;
  readonly service: ServiceStack;
  readonly monitoring: MonitoringStack;
  readonly dataIsRetained: boolean;

  constructor(scope: Construct, id: string, props: ServiceStageProps) {
    super(scope, id, props);
    const { configuration, target, code } = props;
    const { settings } = configuration;
    this.dataIsRetained = target.retainsData;
    this.storage = new StorageStack(this, 'Storage', { settings, target });
    this.service = new ServiceStack(this, 'Service', { configuration, target, storage: this.storage, code });
    this.monitoring = new MonitoringStack(this, 'Monitoring', {
      settings,
      alarmSpendPerHour: configuration.alarmSpendPerHour,
      target,
      http: this.service.http,
      storage: this.storage,
    });
  }
}

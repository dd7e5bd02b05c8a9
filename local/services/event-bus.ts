// EventBridge PutEvents and rules: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
import { randomUUID } from 'node:crypto';
import type { Log } from '../log.ts';
import type { Value } from '../template/cloud-assembly.ts';
import type { ResolvedResource } from '../template/resolve-template.ts';
import { checkPattern, matchesPattern } from './event-pattern.ts';
import type { AccessRequest } from './iam.ts';
import { ServiceFault } from './service-fault.ts';

export interface EventBusSettings {
  readonly region: string;
  readonly account: string;
  readonly rules: readonly ResolvedResource[];
  /** Sends an event to a target of a rule. Throws for a kind of target that is not served. */
  readonly deliver: (targetArn: string, event: string) => void;
}

const detailLimitBytes = 256 * 1024;

export class EventBus {
  readonly #settings: EventBusSettings;
  readonly #log: Log;

  /** Throws an error that names a rule which cannot be served. */
  constructor(settings: EventBusSettings, log: Log) {
    this.#settings = settings;
    this.#log = log;
    for (const { id, properties } of settings.rules) {
      if (properties.ScheduleExpression) {
        throw new Error(`Rule ${id} has a schedule; use AWS::Scheduler::Schedule, which is served locally`);
      }
      checkPattern(properties.EventPattern);
    }
  }

  access(input: Value): AccessRequest[] {
    const prefix = `arn:aws:events:${this.#settings.region}:${this.#settings.account}:event-bus/`;
    const buses = new Set<string>(input.Entries.map((entry: Value) => busName(entry.EventBusName)));
    return [...buses].map((bus) => ({ action: 'events:PutEvents', resource: prefix + bus }));
  }

  call(operation: string, input: Value): Value {
    if (operation !== 'PutEvents') {
      throw new ServiceFault(400, 'UnknownOperationException', `Events ${operation} is not served locally`);
    }
    const Entries = input.Entries.map((entry: Value) => this.#put(entry));
    return { Entries, FailedEntryCount: Entries.filter((entry: Value) => entry.ErrorCode).length };
  }

  #put(entry: Value): Value {
    if (Buffer.byteLength(entry.Detail ?? '') > detailLimitBytes) {
      return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Total size of the entry is over 256 KB' };
    }
    const id = randomUUID();
    const bus = busName(entry.EventBusName);
    const event = {
      version: '0',
      id,
      'detail-type': entry.DetailType,
      source: entry.Source,
      account: this.#settings.account,
      time: new Date(entry.Time ? entry.Time * 1000 : Date.now()).toISOString().replace(/\.\d+/, ''),
      region: this.#settings.region,
      resources: entry.Resources ?? [],
      detail: JSON.parse(entry.Detail ?? '{}'),
    };
    this.#log.debug(`Event ${entry.Source} ${entry.DetailType} on bus ${bus}`);
    for (const { properties } of this.#settings.rules) {
      if (busName(properties.EventBusName) !== bus || properties.State === 'DISABLED') continue;
      if (!matchesPattern(properties.EventPattern, event)) continue;
      for (const target of properties.Targets ?? []) {
        this.#settings.deliver(target.Arn, target.Input ?? JSON.stringify(event));
      }
    }
    return { EventId: id };
  }
}

/** A bus may be named by its ARN; none is the default one. */
const busName = (reference: string | undefined) => (reference ?? 'default').split('/').at(-1) ?? 'default';

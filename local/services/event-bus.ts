// EventBridge PutEvents: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
// The service has no rules, so an event that is accepted goes nowhere. `LLM_LOG_LEVEL=debug` shows it.
import { randomUUID } from 'node:crypto';
import type { Log } from '../log.ts';
import type { Value } from '../template/cloud-assembly.ts';
import type { JsonService } from './aws-service.ts';
import type { AccessRequest } from './iam.ts';
import { ServiceFault } from './service-fault.ts';

const detailLimitBytes = 256 * 1024;

export class EventBus implements JsonService {
  readonly #arnPrefix: string;
  readonly #log: Log;

  constructor(region: string, account: string, log: Log) {
    this.#arnPrefix = `arn:aws:events:${region}:${account}:event-bus/`;
    this.#log = log;
  }

  access(operation: string, input: Value): AccessRequest[] {
    checkServed(operation);
    const buses = new Set<string>(input.Entries.map((entry: Value) => busName(entry.EventBusName)));
    return [...buses].map((bus) => ({ action: 'events:PutEvents', resource: this.#arnPrefix + bus }));
  }

  call(operation: string, input: Value): Value {
    checkServed(operation);
    const Entries = input.Entries.map((entry: Value) => this.#put(entry));
    return { Entries, FailedEntryCount: Entries.filter((entry: Value) => entry.ErrorCode).length };
  }

  #put({ EventBusName, Source, DetailType, Detail = '' }: Value): Value {
    if (Buffer.byteLength(Detail) > detailLimitBytes) {
      return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Total size of the entry is over 256 KB' };
    }
    this.#log.debug(`Event ${Source} ${DetailType} on bus ${busName(EventBusName)}`);
    return { EventId: randomUUID() };
  }
}

function checkServed(operation: string): void {
  if (operation === 'PutEvents') return;
  throw new ServiceFault(400, 'UnknownOperationException', `Events ${operation} is not served locally`);
}

/** A bus may be named by its ARN; none is the default one. */
const busName = (reference: string | undefined) => (reference ?? 'default').split('/').at(-1) ?? 'default';

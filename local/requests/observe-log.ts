import type { Log } from '../log.ts';
import type { RequestObservers } from './request-observers.ts';

/** The log, which tells observers of each line of a function: on AWS it would be sent to CloudWatch Logs. */
export function observeLog(log: Log, observers: RequestObservers): Log {
  return {
    ...log,
    functionLine(caller, text) {
      const bytes = Buffer.byteLength(text) + 1;
      if (observers.active)
        observers.tell({ kind: 'log line', service: 'logs', operation: 'line', caller, bytes, text });
      log.functionLine(caller, text);
    },
  };
}

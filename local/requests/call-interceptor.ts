// The one place before the services of the AWS endpoint: here calls are observed, and faults hit them.
import { once } from 'node:events';
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Value } from '../template/cloud-assembly.ts';
import { errorOf, type FaultableCall, FaultInjector } from './fault-injector.ts';
import { RequestObservers } from './request-observers.ts';

export class CallInterceptor {
  readonly observers = new RequestObservers();
  readonly faults = new FaultInjector();

  /**
   * Lets a service answer a call. Throws ServiceFault, the service's or that of a fault.
   *
   * @param work given the response that it may write to
   */
  async intercept(
    call: FaultableCall,
    request: IncomingMessage,
    response: ServerResponse,
    work: (response: ServerResponse) => Promise<Value>,
  ): Promise<Value> {
    if (!this.observers.active && !this.faults.active) return work(response);
    const fault = this.faults.choose(call, request);
    let answer: Value;
    try {
      if (fault?.kind === 'fails') throw errorOf(fault);
      if (fault?.kind === 'answers an error') {
        // Whatever the service answers is lost, its errors too.
        await workAside(request, work).catch(() => undefined);
        throw errorOf(fault);
      }
      if (fault?.kind === 'delays') await sleep(fault.delayMs);
      answer = await work(response);
      return answer;
    } finally {
      this.observers.tell({ kind: 'call', ...call, answer });
    }
  }
}

/** Does the work with a response that goes nowhere. */
async function workAside(request: IncomingMessage, work: (response: ServerResponse) => Promise<Value>) {
  const aside = new ServerResponse(request);
  const nowhere = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
  aside.assignSocket(nowhere as Socket);
  const finished = once(aside, 'finish');
  const answer = await work(aside);
  // A service whose calls are HTTP requests may write its answer after it has returned.
  if (answer === undefined && !aside.writableEnded) await finished;
}

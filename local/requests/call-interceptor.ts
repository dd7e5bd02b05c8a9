// The one place before the services of the AWS endpoint: here calls are observed, and faults hit them.
import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorOf, type FaultableCall, FaultInjector } from './fault-injector.ts';
import { RequestObservers } from './request-observers.ts';

export class CallInterceptor {
  readonly observers = new RequestObservers();
  readonly faults = new FaultInjector();

  /**
   * Lets a service answer a call. Throws ServiceFault, the service's or that of a fault.
   *
   * @param aside does the same, with an answer that goes nowhere
   */
  async intercept<Answer>(
    call: FaultableCall,
    headers: IncomingHttpHeaders,
    work: () => Promise<Answer>,
    aside: () => Promise<unknown> = work,
  ): Promise<Answer> {
    if (!this.observers.active && !this.faults.active) return work();
    const fault = this.faults.choose(call, headers);
    let answer: Answer | undefined;
    try {
      if (fault?.kind === 'fails') throw errorOf(fault);
      if (fault?.kind === 'answers an error') {
        // Whatever the service answers is lost, its errors too.
        await aside().catch(() => undefined);
        throw errorOf(fault);
      }
      if (fault?.kind === 'delays') await sleep(fault.delayMs);
      answer = await work();
      return answer;
    } finally {
      this.observers.tell({ kind: 'call', ...call, ...(call.input !== undefined && { answer }) });
    }
  }
}

/** Lets a service handle a request with a response that goes nowhere. */
export async function handleAside(
  request: IncomingMessage,
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void,
): Promise<void> {
  const aside = new ServerResponse(request);
  const nowhere = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
  aside.assignSocket(nowhere as Socket);
  const finished = once(aside, 'finish');
  await handle(request, aside);
  // It may write its answer after it has returned.
  if (!aside.writableEnded) await finished;
}

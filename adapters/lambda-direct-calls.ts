import {
  InvokeWithResponseStreamCommand,
  LambdaClient,
  TooManyRequestsException,
} from '@aws-sdk/client-lambda';
import type { DirectAnswer, DirectCalls } from '../core/answers/direct-calls.ts';
import { readEventLine, writeDirectCall } from './direct-call-wire.ts';
import { sdkAttempts } from './retry-policy.ts';

/** Lambda takes 6 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const longestPayloadBytes = 6_000_000;

const last: ReadonlySet<string> = new Set(['refused', 'exists', 'settled']);

/** Workers invoked with InvokeWithResponseStream, which answers 429 at once where no execution is free. */
export function createLambdaDirectCalls(options: {
  /** Name of a worker without its provider. */
  functionPrefix: string;
  onError: (error: unknown) => void;
}): DirectCalls {
  const client = new LambdaClient({ maxAttempts: sdkAttempts.direct });

  async function* listen(functionName: string, payload: string, abortSignal: AbortSignal) {
    const command = new InvokeWithResponseStreamCommand({
      FunctionName: functionName,
      Payload: Buffer.from(payload),
    });
    const { EventStream = [] } = await client.send(command, { abortSignal });
    const decoder = new TextDecoder();
    let text = '';
    for await (const { PayloadChunk, InvokeComplete } of EventStream) {
      if (InvokeComplete?.ErrorCode) throw new Error(`The worker ended with ${InvokeComplete.ErrorCode}`);
      text += decoder.decode(PayloadChunk?.Payload, { stream: true });
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) yield readEventLine(line);
    }
    // Of a worker that cannot stream: all lines as one JSON text.
    if (text) for (const line of (JSON.parse(text) as string).trim().split('\n')) yield readEventLine(line);
  }

  return {
    async *run(direct, signal): AsyncGenerator<DirectAnswer> {
      const payload = writeDirectCall(direct);
      if (Buffer.byteLength(payload) > longestPayloadBytes) {
        yield { kind: 'refused' };
        return;
      }
      const events = listen(`${options.functionPrefix}${direct.task.provider}`, payload, signal);
      try {
        for (;;) {
          const { value: event, done } = await events.next();
          if (done) break;
          yield event;
          if (last.has(event.kind)) return;
        }
      } catch (error) {
        if (error instanceof TooManyRequestsException) {
          yield { kind: 'refused' };
          return;
        }
        if (!signal.aborted) options.onError(error);
      } finally {
        void drain(events);
      }
      yield { kind: 'lost' };
    },
  };
}

/** Reads what is left without keeping anybody waiting: a connection that was read to its end is used again. */
async function drain(events: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _ of events);
  } catch {
    // Nobody listens any more.
  }
}

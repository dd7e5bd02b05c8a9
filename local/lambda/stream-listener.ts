// Response streaming at the host's side: https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html

/** The preludes' end: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html */
const preludeEnd = Buffer.alloc(8);

/** Takes what a streaming handler sends while it runs, and says whether somebody reads it. */
export interface StreamListener {
  /** JSON of status and headers. */
  prelude(json: string): void;
  /** Resolves when the client has taken the bytes. A function that is far ahead of its client waits for that. */
  chunk(bytes: Uint8Array): Promise<void>;
  /** The handler has ended its stream. It may go on all the same, and the invocation with it. */
  end(): void;
  /** Aborts when the client is gone before the end. */
  readonly left: AbortSignal;
}

/** The prelude as part of the body, parted from it by eight zero bytes. */
export function preludeBytes(json: string): Buffer {
  return Buffer.concat([Buffer.from(json), preludeEnd]);
}

/** Keeps all that is written, for whoever invokes without streaming. */
export class CollectedStream {
  readonly #chunks: Uint8Array[] = [];

  prelude(json: string): void {
    this.#chunks.push(preludeBytes(json));
  }

  chunk(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
  }

  end(): void {}

  /** Results are texts here, so bytes that are not UTF-8 do not survive a buffered invocation. */
  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}

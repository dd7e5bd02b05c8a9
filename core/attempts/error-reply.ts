/** What a provider said when it refused a call, in one shape. */
export interface ErrorReply {
  status: number;
  /** By name in lower case. */
  headers: Readonly<Record<string, string>>;
  /** The vendor's own code (Anthropic's is in `details`) and type (Gemini's is `status`); '' where absent. */
  code: string;
  type: string;
  message: string;
  /** Milliseconds to wait that the body names (Gemini's RetryInfo); undefined where it names none. */
  retryDelayMs?: number | undefined;
}

type Json = Record<string, unknown>;

/**
 * Reads an error body: OpenAI's `{"error":{…}}`, which most copy; Gemini's list around it;
 * `{"code","message"}` of Alibaba's own API; `{"message"}` of AWS; or plain text, as proxies send it.
 */
export function readErrorReply(
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
): ErrorReply {
  const body = parse(text);
  const outer = record(Array.isArray(body) ? body[0] : body);
  const inner = typeof outer.error === 'string' ? { message: outer.error } : record(outer.error ?? outer);
  const awsType = (headers['x-amzn-errortype'] ?? '').split(':')[0] ?? '';
  return {
    status,
    headers,
    code: string(record(inner.details).error_code) || string(inner.code),
    type: string(inner.status) || typeOf(inner) || awsType,
    message: string(inner.message) || string(outer.message) || (body === undefined ? text.slice(0, 200) : ''),
    retryDelayMs: readRetryInfo(inner.details),
  };
}

function typeOf(error: Json): string {
  const type = string(error.type);
  return type === 'error' ? '' : type;
}

/** google.rpc.RetryInfo: `{"@type":"…RetryInfo","retryDelay":"34s"}`. */
function readRetryInfo(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  for (const detail of details) {
    const seconds = /^([\d.]+)s$/.exec(string(record(detail).retryDelay))?.[1];
    if (seconds !== undefined) return Number(seconds) * 1_000;
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

import { findWords, isPage, wordsOfText } from './error-words.ts';

/** What a provider said when it refused a call, in one shape. */
export interface ErrorReply {
  status: number;
  /** By name in lower case. */
  headers: Readonly<Record<string, string>>;
  /** The vendor's own code (Anthropic's is in `details`) and type (Gemini's is `status`); '' where absent. */
  code: string;
  type: string;
  /** Its own words, whatever member has them; '' where it says nothing. */
  message: string;
  /** A web page, which some proxy sent in place of an answer. */
  isPage: boolean;
  /** Tokens of the model's window, where its refusal of a request that is too long tells them. */
  contextWindow?: number | undefined;
  /** Milliseconds to wait that the body names (Gemini's RetryInfo); undefined where it names none. */
  retryDelayMs?: number | undefined;
}

type Json = Record<string, unknown>;

/**
 * Reads an error body: OpenAI's `{"error":{…}}`, which most copy; Gemini's list around it; `{"code","message"}` of
 * Alibaba's own API; `{"message"}` of AWS; other shapes of other servers; or a text or page, as proxies send it.
 */
export function readErrorReply(
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
): ErrorReply {
  const body = parse(text);
  const outer = record(Array.isArray(body) ? body[0] : body);
  const inner = isRecord(outer.error) ? outer.error : outer;
  const message =
    body === undefined ? wordsOfText(text) : findWords(inner) || findWords(outer) || findWords(body);
  const first = record([inner.errors].flat()[0]);
  const awsType = (headers['x-amzn-errortype'] ?? '').split(':')[0] ?? '';
  return {
    status,
    headers,
    code:
      string(record(inner.details).error_code) ||
      string(inner.code) ||
      string(inner.error_code) ||
      string(inner.status_code) ||
      string(record(inner.base_resp).status_code) ||
      string(first.code),
    type: string(inner.status) || typeOf(inner) || awsType,
    message,
    isPage: body === undefined && isPage(text),
    contextWindow: readWindow(inner, message),
    retryDelayMs: readRetryInfo(inner.details),
  };
}

/** llama.cpp's `n_ctx`, or the sentence of OpenAI, vLLM and others: "maximum context length is 8192 tokens". */
function readWindow({ n_ctx }: Json, message: string): number | undefined {
  if (typeof n_ctx === 'number') return n_ctx;
  const [, told] =
    /(?:context (?:length|size|window)|n_ctx)[^\d]{0,20}(\d{3,8})\b/i.exec(message.slice(0, 2_000)) ?? [];
  return told === undefined ? undefined : Number(told);
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

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null;

const record = (value: unknown): Json => (isRecord(value) ? value : {});

function string(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

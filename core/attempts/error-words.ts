type Json = Record<string, unknown>;

/**
 * Where the words of an error stand, the nearest first: OpenAI and most (`message`), FastAPI (`detail`, a list of `msg` with
 * `loc`), Cloudflare (`errors`), Baidu and others (`error_msg`), OAuth (`error_description`), MiniMax
 * (`base_resp.status_msg`), RFC 9457 (`title`).
 */
const places = [
  'message',
  'msg',
  'detail',
  'details',
  'error_msg',
  'error_message',
  'errorMessage',
  'error_description',
  'description',
  'errors',
  'error',
  'base_resp',
  'status_msg',
  'reason',
  'title',
  'text',
];

const deepest = 5;
const mostOfList = 3;

/** The words of an error body, in whatever shape they come; '': it has none. */
export function findWords(body: unknown, depth = 0): string {
  if (typeof body === 'string') return body.trim();
  if (typeof body !== 'object' || body === null || depth > deepest) return '';
  if (Array.isArray(body)) {
    const all = body.map((each) => findWords(each, depth + 1)).filter(Boolean);
    return all.slice(0, mostOfList).join('; ') + (all.length > mostOfList ? '; …' : '');
  }
  const passedOn = wordsPassedOn(body as Json, depth);
  if (passedOn) return passedOn;
  for (const place of places) {
    const words = findWords((body as Json)[place], depth + 1);
    if (words) return withPlace(body as Json, words);
  }
  return '';
}

/** OpenRouter says "Provider returned error", and beside it in `metadata.raw` what that provider said, often as JSON. */
function wordsPassedOn({ metadata }: Json, depth: number): string {
  const { raw } = (metadata ?? {}) as Json;
  if (typeof raw !== 'string') return findWords(raw, depth + 1);
  try {
    return findWords(JSON.parse(raw), depth + 1);
  } catch {
    return raw.trim();
  }
}

/** FastAPI's `loc`: where in the request. */
function withPlace({ loc }: Json, words: string): string {
  return Array.isArray(loc) ? `${loc.map(String).join('.')}: ${words}` : words;
}

/** The words of a text that is no JSON: of a page its title, else what stands on it. */
export function wordsOfText(text: string): string {
  const start = text.slice(0, 20_000);
  if (!isPage(start)) return start.slice(0, 2_000).trim();
  const title = /<title[^>]*>([^<]{1,300})/i.exec(start)?.[1] ?? /<h1[^>]*>([^<]{1,300})/i.exec(start)?.[1];
  return plainText(
    title ?? start.replace(/<(script|style)[\s\S]{0,10000}?<\/\1>/gi, ' ').replace(/<[^<>]*>/g, ' '),
  );
}

export function isPage(text: string): boolean {
  return /^\s*(?:<!doctype|<html|<head|<body|<\?xml|<!--)/i.test(text);
}

function plainText(text: string): string {
  return text
    .replace(/&#?\w{1,8};/g, (entity) => entities[entity] ?? ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

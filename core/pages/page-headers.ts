/** Origins, beside that of the page, that its scripts may call. */
export interface PageAddresses {
  /** Of the WebSocket; undefined where there is none. */
  webSocketUrl: string | undefined;
  /** Of streams. */
  streamUrl: string;
}

/**
 * What a page may do: run the scripts and styles of its own address, none of them inline, and call its own address, the
 * WebSocket's and that of streams. Icons of the documentation page are `data:` texts of its style sheet.
 */
export function contentSecurityPolicy({ webSocketUrl, streamUrl }: PageAddresses): string {
  const called = [...(webSocketUrl === undefined ? [] : [webSocketUrl]), streamUrl].map(originOf);
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    ['connect-src', "'self'", ...new Set(called)].join(' '),
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Also of `ws:` and `wss:`, whose `origin` is `null`. */
function originOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

/** Beside the security headers that every answer has (OWASP HTTP Headers Cheat Sheet). */
export const pageSecurityHeaders = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'x-frame-options': 'DENY',
};

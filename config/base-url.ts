/** Schemes of a base URL; `simulated` is the built-in simulation, whose query is its options. */
const schemes = ['http:', 'https:', 'simulated:'];
/** Routes that the client adds itself; behind one of them each call would be a 404. */
const route = /\/(chat\/completions|completions|embeddings|models|responses)$/;

export type BaseUrl = { url: string } | { fault: string };

/**
 * A provider's base URL as it is called: without doubled slashes, and none at the end. `keyVariable` is where a secret
 * goes instead. A fault is a sentence without the URL, since what is wrong in it may be a secret.
 */
export function readBaseUrl(text: string, keyVariable: string): BaseUrl {
  const url = /\s/.test(text) ? null : URL.parse(text);
  if (!url || !schemes.includes(url.protocol))
    return {
      fault: 'must be a URL that begins with http:// or https://, such as https://api.example.com/v1',
    };
  if (url.username !== '' || url.password !== '')
    return {
      fault:
        'must be a URL without user name and password, which everyone who may read the templates would see: write ' +
        `the secret into ${keyVariable}, which is sent as a bearer token`,
    };
  if (text.includes('#')) return { fault: 'must be a URL without a fragment: nothing from # on is sent' };
  if (url.protocol === 'simulated:') return { url: text };
  if (text.includes('?')) return { fault: 'must be a URL without a query: the routes are added behind it' };
  const path = url.pathname.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
  const [, ending] = route.exec(path) ?? [];
  if (ending !== undefined)
    return {
      fault: `must end before /${ending}: the routes are added to it, as to https://api.example.com/v1`,
    };
  return { url: url.origin + path };
}

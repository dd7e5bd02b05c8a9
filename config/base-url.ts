/** Schemes of a base URL; `simulated` is the built-in simulation, whose query is its options. */
const schemes = ['http:', 'https:', 'simulated:'];
/** Routes that the client adds itself, or of another API of the same server; behind one each call would be a 404. */
const route =
  /\/(chat\/completions|completions|embeddings|models|responses|messages|api\/(?:chat|generate|tags|embed))$/i;

export type BaseUrl = { url: string } | { fault: string };

/**
 * A provider's base URL as it is called: without doubled slashes, and none at the end. `keyVariable` is where a secret
 * goes instead. A fault is a sentence without the URL, since what is wrong in it may be a secret.
 */
export function readBaseUrl(text: string, keyVariable = '<PROVIDER>_API_KEY'): BaseUrl {
  // What does not show (line ends, a joiner from a web page), and slashes that URL.parse would forgive.
  const isWritten = !/[\s\p{C}\\]/u.test(text) && /^\w+:\/\/[^/]/.test(text);
  const url = isWritten ? URL.parse(text) : null;
  if (!url || !schemes.includes(url.protocol))
    return {
      fault: 'must be a URL that begins with http:// or https://, such as https://api.example.com/v1',
    };
  if (url.username !== '' || url.password !== '' || /^\w+:\/\/[^/?#]*@/.test(text))
    return {
      fault:
        'must be a URL without user name and password, which everyone who may read the deployed code would see: write ' +
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

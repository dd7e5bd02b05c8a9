/** What keeps a secret from being sent in a header as it is, as a sentence without its subject; undefined: nothing does. */
export function headerFault(secret: string): string | undefined {
  if (/[\r\n]/.test(secret)) return 'has several lines: a secret is one';
  if (/\s/.test(secret)) return 'has a space in it: a secret has none';
  if (/[^\x21-\x7e]/.test(secret)) return 'has a character that is not ASCII: a secret has none';
  return undefined;
}

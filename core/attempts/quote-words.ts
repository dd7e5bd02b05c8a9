/** Characters of a provider's words that a task's error holds. */
const longest = 300;

// What belongs to the account and not to the caller: keys, tokens, ids of accounts and organisations, addresses.
const secrets: readonly RegExp[] = [
  /\bBearer\s+\S+/gi,
  /\b(?:sk|pk|rk|ak|org|proj|acct|gsk|hf|xai|nvapi)[-_][\w*-]{3,}/gi,
  /\b(?:key|user|acc|ws|req|project|account|organization)[-_](?=[\w*-]*\d)[\w*-]{3,}/gi,
  /\bAIza[\w-]{8,}/g,
  /\barn:aws[\w-]*:\S+/g,
  /\b\d{12}\b/g,
  /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g,
  // A key or token of a form that is not known.
  /\b(?=\w*\d)(?=\w*[a-z])\w{28,}\b/gi,
];

/** A provider's own words as a caller may read them: in one line, bounded, without what belongs to the account. */
export function quoteWords(words: string): string {
  // Cut first: a provider may send a book.
  const start = words.slice(0, 8 * longest);
  const line = secrets
    .reduce((text, secret) => text.replace(secret, '…'), start)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\s\u0000-\u001f\u007f]+/g, ' ')
    .trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

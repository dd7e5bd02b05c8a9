import { headerFault } from './header-fault.ts';

/** A token that is shorter can be guessed. */
const leastTokenLength = 20;

/** What LLM_AUTH_TOKEN may hold: one token, or two while one takes the other's place. */
const mostTokens = 2;

const split = (value: string) => value.split(',').map((token) => token.trim());

/** The tokens that it names: any of them is taken. None where it is wrong. */
export function authTokens(value: string): string[] {
  return authTokenFault(value) === undefined ? split(value) : [];
}

/** What is wrong with the value, as a sentence without its subject and without the value. */
export function authTokenFault(value: string): string | undefined {
  const tokens = split(value);
  if (tokens.length > mostTokens)
    return 'has more than two tokens: a comma stands between the new one and the old';
  if (tokens.some((token) => token === ''))
    return 'has nothing beside a comma, which stands between two tokens';
  return tokens.map(headerFault).find((fault) => fault !== undefined);
}

/** What to tell of a value that is taken: undefined where it is well. */
export function authTokenWarning(value: string): string | undefined {
  if (authTokens(value).every((token) => token.length >= leastTokenLength)) return undefined;
  return `has a token of under ${leastTokenLength} characters, which can be guessed: openssl rand -hex 32 makes a long one`;
}

import type { ServerResponse } from 'node:http';

/** The members of a chat's or an embedding's body that tests look at. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects and fails otherwise.
export type Body = Record<string, any>;

/** What a provider does with one call. */
export type Step = (response: ServerResponse, body: Body) => unknown;

/** Seconds; the longest that Lambda allows, since a model may answer slowly. Visibility timeouts are derived from it. */
export const workerTimeout = 900;

/**
 * Seconds: the longest that Lambda allows, for slow models. The queues' visibility timeouts follow from it.
 */
export const workerTimeout = 900;

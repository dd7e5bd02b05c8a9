import type { MessagePort } from 'node:worker_threads';

/** @param endpoint its URL */
export function callWithoutSocket(port: MessagePort, endpoint: string): void;

import type { MessagePort } from 'node:worker_threads';

/** @param endpoint its URL */
export function callWithoutSocket(port: MessagePort, endpoint: string): void;

/** Posts what is given in one turn of the event loop as one list. */
export function postTogether(port: MessagePort): (message: object) => void;

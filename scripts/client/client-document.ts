import { listSubmittedTypes } from '../../config/task-types.ts';
import { buildDocument } from '../../core/http-contract/build-document.ts';
import { errorStatus } from '../../functions/http/middleware/error-status.ts';

/** The OpenAPI document that the client's types are made from: everything on, and the built-in task types. */
export function clientDocument(): Record<string, unknown> {
  const taskTypes = [...listSubmittedTypes().values()];
  return buildDocument({ version: '', taskTypes, open: false, webSocket: true, streamUrl: '/', errorStatus });
}

import { boundOfLifeMs } from '../../../config/task-lives.ts';
import { toWireList } from '../../../core/files/file-wire.ts';
import {
  cancelOpenaiBatch,
  getOpenaiBatch,
  listOpenaiBatches,
} from '../../../core/openai-batches/change-openai-batch.ts';
import { createOpenaiBatch } from '../../../core/openai-batches/create-openai-batch.ts';
import { toWireOpenaiBatch } from '../../../core/openai-batches/openai-batch-wire.ts';
import { batchPortsOf } from '../batch-ports.ts';
import { filePortsOf } from '../file-ports.ts';
import { readOpenaiRequest } from '../openai-request.ts';
import type { ServeUrl } from '../url-route.ts';

/** POST and GET /v1/batches, GET /v1/batches/{batch_id}, POST /v1/batches/{batch_id}/cancel */
export const serve: ServeUrl = async (request, response, service) => {
  const { event, tenant } = request;
  const { batches, starter } = batchPortsOf(service);
  const [, , , batchId, action] = event.rawPath.split('/');
  const isPost = event.requestContext.http.method === 'POST';
  if (batchId === undefined && isPost) {
    const { files } = filePortsOf(service.environment);
    const { keys, repeats } = service.ports;
    const batch = await createOpenaiBatch(readOpenaiRequest(request), boundOfLifeMs(service.settings), {
      batches,
      files,
      keys,
      repeats,
      starter,
    });
    return response.json(200, toWireOpenaiBatch(batch));
  }
  if (batchId === undefined) {
    const page = await listOpenaiBatches(tenant, event.queryStringParameters ?? {}, batches);
    return response.json(200, toWireList(page.batches.map(toWireOpenaiBatch), page.hasMore));
  }
  const key = { tenant, batchId };
  const batch =
    action === 'cancel'
      ? await cancelOpenaiBatch(key, Date.now(), { batches, starter })
      : await getOpenaiBatch(key, batches);
  response.json(200, toWireOpenaiBatch(batch));
};

import type { Configuration } from '../config/read-settings.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { httpRoutes, pageServer, withTokenCheck } from './http-routes.ts';
import { streamServer } from './stream-function.ts';
import {
  batchRunner,
  changeCounter,
  eventPublisher,
  shareRepeater,
  sweeper,
  webhookDeliverer,
  webSocketFunctions,
  worker,
} from './triggered-functions.ts';

/** Every function of a deployment. */
export function listFunctions({ webSocket }: Configuration): FunctionDefinition[] {
  return [
    ...httpRoutes
      .filter((route) => webSocket || !route.webSocket)
      .map((route) => (route.public ? route : withTokenCheck(route))),
    pageServer,
    withTokenCheck(streamServer),
    ...(webSocket ? Object.values(webSocketFunctions) : []),
    worker,
    webhookDeliverer,
    changeCounter,
    eventPublisher,
    shareRepeater,
    sweeper,
    batchRunner,
  ];
}

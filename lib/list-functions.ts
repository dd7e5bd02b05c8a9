import type { Configuration } from '../config/read-settings.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { httpRoutes, pageServer, withTokenCheck } from './http-routes.ts';
import { streamServer } from './stream-function.ts';
import {
  changeCounter,
  eventPublisher,
  shareRepeater,
  sweeper,
  webhookDeliverer,
  webSocketFunctions,
  worker,
} from './triggered-functions.ts';

/** Every function of a deployment; an open one has no authorizer. */
export function listFunctions({ webSocket, settings: { open } }: Configuration): FunctionDefinition[] {
  const { authorize, ...connected } = webSocketFunctions;
  return [
    ...httpRoutes
      .filter((route) => webSocket || !route.webSocket)
      .map((route) => (route.public || open ? route : withTokenCheck(route))),
    pageServer,
    open ? streamServer : withTokenCheck(streamServer),
    ...(webSocket ? Object.values(connected) : []),
    ...(webSocket && !open ? [authorize] : []),
    worker,
    webhookDeliverer,
    changeCounter,
    eventPublisher,
    shareRepeater,
    sweeper,
  ];
}

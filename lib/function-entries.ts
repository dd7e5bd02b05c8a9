import type { FunctionDefinition } from './function-definition.ts';
import { httpAuthorizer, httpRoutes, unknownRoute } from './http-routes.ts';
import {
  deadTaskConsumer,
  eventPublisher,
  sweeper,
  webhookDeliverer,
  webSocketFunctions,
  worker,
} from './triggered-functions.ts';

/** Every function of a deployment. */
export function functionDefinitions(webSocket: boolean): FunctionDefinition[] {
  return [
    ...httpRoutes.filter((route) => webSocket || !route.webSocket),
    unknownRoute,
    httpAuthorizer,
    ...(webSocket ? Object.values(webSocketFunctions) : []),
    worker,
    deadTaskConsumer,
    webhookDeliverer,
    eventPublisher,
    sweeper,
  ];
}

/** Their entries, each once. */
export function functionEntries(webSocket: boolean): string[] {
  return [...new Set(functionDefinitions(webSocket).map(({ entry }) => entry))];
}

import * as z from 'zod';
import { WireProvider, WireProviderStatus } from '../providers/provider-wire.ts';
import type { Operation } from './operation.ts';

const tag = 'Providers';

export const providerOperations: Operation[] = [
  {
    method: 'get',
    path: '/api/v1/providers',
    id: 'list-providers',
    scope: 'read',
    tag,
    summary: 'List the providers, their models and prices',
    description: 'The whole catalogue, those that are not configured included.',
    answers: {
      200: { description: 'The catalogue', schema: z.object({ providers: z.array(WireProvider) }) },
    },
    errors: [],
  },
  {
    method: 'get',
    path: '/api/v1/providers/status',
    id: 'list-provider-statuses',
    scope: 'operate',
    tag,
    summary: 'Read how every provider is doing',
    description: 'Counts follow the tasks within seconds.',
    answers: {
      200: { description: 'Live numbers', schema: z.object({ providers: z.array(WireProviderStatus) }) },
    },
    errors: [],
  },
  {
    method: 'get',
    path: '/api/v1/providers/{name}/status',
    id: 'get-provider-status',
    scope: 'operate',
    tag,
    summary: 'Read how a provider is doing',
    answers: { 200: { description: 'Live numbers', schema: WireProviderStatus } },
    errors: ['not_found'],
  },
];

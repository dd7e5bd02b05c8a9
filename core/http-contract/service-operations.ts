import * as z from 'zod';
import { WireStats } from '../providers/provider-wire.ts';
import type { Operation } from './operation.ts';

const Health = z
  .object({ status: z.literal('ok'), version: z.string(), uptime_seconds: z.int() })
  .meta({ id: 'Health' });

const Readiness = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    checks: z.record(z.enum(['table', 'queues', 'providers']), z.enum(['ok', 'failed'])),
  })
  .meta({ id: 'Readiness' });

const WebSocketTicket = z
  .object({ ticket: z.string(), url: z.string(), expires_at: z.iso.datetime() })
  .meta({ id: 'WebSocketTicket' });

export const serviceOperations: Operation[] = [
  {
    method: 'get',
    path: '/api/v1/stats',
    id: 'get-stats',
    tag: 'Service',
    summary: 'Read the totals of the tenant',
    answers: { 200: { description: 'Totals', schema: WireStats } },
    errors: [],
  },
  {
    method: 'post',
    path: '/api/v1/ws-tickets',
    id: 'create-connection-pass',
    operationId: 'create-ws-ticket',
    tag: 'Events',
    summary: 'Get a single-use ticket for a WebSocket, valid for one minute',
    description: 'For browsers, which cannot set headers: connect with `?ticket=`.',
    answers: { 201: { description: 'The ticket', schema: WebSocketTicket } },
    errors: [],
  },
  {
    method: 'get',
    path: '/health',
    id: 'get-health',
    tag: 'Service',
    summary: 'Whether the service answers; touches nothing else',
    public: true,
    answers: { 200: { description: 'It does', schema: Health } },
    errors: [],
  },
  {
    method: 'get',
    path: '/ready',
    id: 'get-ready',
    tag: 'Service',
    summary: 'Whether everything that a task needs is there',
    public: true,
    answers: {
      200: { description: 'It is', schema: Readiness },
      503: { description: 'The failing check is named', schema: Readiness },
    },
    errors: [],
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'get-openapi',
    tag: 'Service',
    summary: 'This document',
    public: true,
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.record(z.string(), z.unknown()) } },
    errors: [],
  },
  {
    method: 'get',
    path: '/docs',
    id: 'get-docs',
    tag: 'Service',
    summary: 'A page to read this document and try it',
    public: true,
    answers: { 200: { description: 'The page', contentType: 'text/html' } },
    errors: [],
  },
];

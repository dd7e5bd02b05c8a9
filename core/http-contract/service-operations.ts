import * as z from 'zod';
import { WireStats } from '../statistics/stats-wire.ts';
import { WireTime } from '../wire-time.ts';
import type { Operation } from './operation.ts';

const Health = z
  .object({
    status: z.literal('ok'),
    version: z.string(),
    uptime_seconds: z.int().meta({ description: 'Of the execution environment that answers' }),
  })
  .meta({ id: 'Health' });

const Readiness = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    checks: z.record(z.enum(['table', 'queues', 'providers']), z.enum(['ok', 'failed'])),
  })
  .meta({ id: 'Readiness' });

const WebSocketTicket = z
  .object({
    ticket: z.string().meta({ description: 'Opens one connection, once' }),
    url: z.string().meta({ description: 'Of the WebSocket: connect to it with `?ticket=<ticket>`' }),
    expires_at: WireTime,
  })
  .meta({ id: 'WebSocketTicket' });

export const serviceOperations: Operation[] = [
  {
    method: 'get',
    path: '/api/v1/stats',
    id: 'get-stats',
    scope: 'read',
    tag: 'Service',
    summary: 'Read totals of tasks, tokens and cost',
    answers: { 200: { description: 'Totals since the first task', schema: WireStats } },
    errors: [],
  },
  {
    method: 'get',
    path: '/api/v1/metrics',
    id: 'get-metrics',
    scope: 'operate',
    tag: 'Service',
    summary: 'Read the metrics of the whole service',
    description: 'For Prometheus: its text format 0.0.4. Up to ten seconds old; scrape no more often.',
    answers: { 200: { description: 'The metrics', contentType: 'text/plain' } },
    errors: [],
  },
  {
    method: 'post',
    path: '/api/v1/ws-tickets',
    id: 'create-connection-pass',
    scope: 'read',
    operationId: 'create-ws-ticket',
    tag: 'Events',
    summary: 'Get a single-use ticket for a WebSocket, valid for one minute',
    webSocket: true,
    description:
      'For browsers, which cannot set headers on a WebSocket; others send `Authorization` there. A body is ' +
      'not read.',
    answers: { 201: { description: 'The ticket', schema: WebSocketTicket } },
    errors: [],
  },
  {
    method: 'get',
    path: '/health',
    id: 'get-health',
    tag: 'Service',
    summary: 'Ask whether the service answers',
    description: 'Touches nothing else.',
    public: true,
    answers: { 200: { description: 'It answers', schema: Health } },
    errors: [],
  },
  {
    method: 'get',
    path: '/ready',
    id: 'get-ready',
    tag: 'Service',
    summary: 'Ask whether everything that a task needs is there',
    public: true,
    answers: {
      200: { description: 'Every check is `ok`', schema: Readiness },
      503: { description: 'At least one check has `failed`', schema: Readiness },
    },
    errors: [],
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'get-openapi',
    tag: 'Service',
    summary: 'Read this document',
    public: true,
    answers: { 200: { description: 'OpenAPI 3.1', schema: z.record(z.string(), z.unknown()) } },
    errors: [],
  },
];

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WirePageSettings } from '../../core/pages/page-settings.ts';
import { WireProvider, WireProviderStatus } from '../../core/providers/provider-wire.ts';
import { WireStats } from '../../core/statistics/stats-wire.ts';
import { type Client, quickTask, until } from './client.ts';

export function testServiceRoutes({ call, submit, waitFor }: Client): void {
  describe('the service itself', () => {
    test('it is healthy and ready, and says so without a token', async () => {
      const health = await call('GET', '/health', { token: null });
      assert.equal(health.status, 200);
      assert.equal(health.json.status, 'ok');
      assert.match(health.json.version, /^\d+\.\d+\.\d+/);
      assert.ok(Number.isInteger(health.json.uptime_seconds));
      const ready = await call('GET', '/ready', { token: null });
      assert.deepEqual(ready.json, {
        status: 'ready',
        checks: { table: 'ok', queues: 'ok', providers: 'ok' },
      });
      assert.equal(ready.status, 200);
    });

    test('its document names the routes that it serves', async () => {
      const { status, json } = await call('GET', '/openapi.json', { token: null });
      assert.equal(status, 200);
      assert.equal(json.openapi, '3.1.0');
      assert.ok(json.paths['/api/v1/tasks/{task_id}'].patch);
      assert.equal(json.components.schemas.TaskRequest.additionalProperties, false);
    });

    test('its page loads nothing from elsewhere', async () => {
      const answer = await call('GET', '/docs', { token: null });
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
      const urls = [...answer.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
      assert.ok(urls.length >= 5);
      for (const url of urls) {
        assert.doesNotMatch(url, /^(\w+:|\/)/, 'below whatever base path');
        const file = await call('GET', `/${url}`, { token: null });
        assert.equal(file.status, 200, url);
        assert.ok(file.text.length > 0, url);
      }
    });

    test('a page is told its addresses without a token', async () => {
      const answer = await call('GET', '/console/config.json', { token: null });
      assert.equal(answer.status, 200, answer.text);
      const { websocket_url, stream_url, authentication } = WirePageSettings.parse(answer.json);
      assert.match(String(websocket_url), /^wss?:\/\/.*\/ws$/);
      assert.match(stream_url, /^https?:\/\/.*\/$/);
      assert.ok(['none', 'bearer'].includes(authentication));
    });

    test('every provider is listed, with those that get no tasks as not enabled', async () => {
      const { json } = await call('GET', '/api/v1/providers');
      const providers = WireProvider.array().parse(json.providers);
      assert.ok(providers.some(({ enabled }) => enabled));
      for (const { models, default_model } of providers)
        assert.ok(models.some(({ name }) => name === default_model));
    });

    test('a provider counts its requests', async () => {
      const task = await waitFor(await submit(quickTask));
      await until('the counters', async () => {
        const { json } = await call('GET', `/api/v1/providers/${task.provider}/status`);
        const status = WireProviderStatus.parse(json);
        assert.notEqual(status.status, 'disabled');
        return status.requests > 0 ? status : undefined;
      });
      const { json } = await call('GET', '/api/v1/providers/status');
      const statuses = WireProviderStatus.array().parse(json.providers);
      assert.ok(statuses.some(({ name }) => name === task.provider));
    });

    test('the totals of the tenant grow', async () => {
      await waitFor(await submit(quickTask));
      const stats = await until('the totals', async () => {
        const read = WireStats.parse((await call('GET', '/api/v1/stats')).json);
        return read.tasks.completed > 0 ? read : undefined;
      });
      assert.ok((stats.by_type.custom ?? 0) > 0);
      assert.ok(stats.tokens.completion > 0);
    });
  });
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WebSocketConnections } from '../../../../local/api/websocket-connections.ts';

describe('@connections', () => {
  it('refuses a call that it does not serve, by name', () => {
    const connections = new WebSocketConnections();
    const call = (method: string) => connections.manage(method, 'any', '');
    assert.throws(() => call('GET'), { status: 400, message: '@connections GET is not served locally' });
    assert.throws(() => call('POST'), { status: 410 });
    connections.close();
  });
});

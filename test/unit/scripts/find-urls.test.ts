import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findUrls } from '../../../scripts/emulator/find-urls.ts';

const endpoint = 'http://127.0.0.1:4566';
const api = (ProtocolType: string) => ({ Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType } });
const stage = (Ref: string, StageName: string) => ({
  Type: 'AWS::ApiGatewayV2::Stage',
  Properties: { ApiId: { Ref }, StageName },
});

test('finds each API by its protocol and the stage that refers to it', () => {
  const resources = {
    WebSocketStage: stage('WebSocketApi', 'ws'),
    WebSocketApi: api('WEBSOCKET'),
    HttpApi: api('HTTP'),
    HttpStage: stage('HttpApi', '$default'),
  };
  const ids = new Map([
    ['HttpApi', 'aaa'],
    ['WebSocketApi', 'bbb'],
  ]);
  assert.deepEqual(findUrls(endpoint, resources, ids), {
    http: 'http://127.0.0.1:4566/_aws/execute-api/aaa/$default',
    webSocket: 'ws://127.0.0.1:4566/_aws/execute-api/bbb/ws',
  });
});

test('does without WebSockets, never without HTTP', () => {
  const resources = { HttpApi: api('HTTP'), HttpStage: stage('HttpApi', '$default') };
  assert.equal(findUrls(endpoint, resources, new Map([['HttpApi', 'aaa']])).webSocket, undefined);
  assert.throws(() => findUrls(endpoint, resources, new Map()), /did not deploy the HTTP API/);
});

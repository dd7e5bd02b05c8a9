import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchEvent, TaskEvent } from '../../../../core/events/build-event.ts';
import { describeEvents } from '../../../../core/http-contract/event-texts.ts';
import { ClientMessage } from '../../../../core/web-socket/client-message.ts';

const text = describeEvents({ webSocket: true });

test('every type of an event is described', () => {
  for (const schema of [TaskEvent, BatchEvent]) {
    const { event_type } = schema.shape;
    const types = 'options' in event_type ? event_type.options : [event_type.value];
    for (const type of types) assert.ok(text.includes(`\`${type}\``), type);
  }
});

test('every message that is shown is one that the WebSocket takes', () => {
  const shown = [...text.matchAll(/`(\{"action".*?\})`/g)].map(([, message = '']) => message);
  assert.ok(shown.length >= 5);
  for (const message of shown) {
    const whole = message
      .replaceAll('[…]', '["x"]')
      .replace('"since":"…"', '"since":"2026-11-22T08:00:00.000Z"');
    assert.equal(ClientMessage.safeParse(JSON.parse(whole)).error, undefined, message);
  }
});

test('without WebSockets none is described', () => {
  assert.doesNotMatch(describeEvents({ webSocket: false }), /ws-tickets|## WebSocket/);
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkPattern, matchesPattern } from '../../../../local/services/event-pattern.ts';

const event = {
  eventName: 'MODIFY',
  dynamodb: { NewImage: { kind: { S: 'META' }, status: { S: 'completed' } }, Keys: { pk: { S: 'task#1' } } },
  count: 5,
  tags: ['a', 'b'],
  nothing: null,
};
const matches = (pattern: object) => matchesPattern(pattern, event);

describe('event patterns', () => {
  it('needs every member to have one of its values', () => {
    assert.equal(
      matches({ eventName: ['INSERT', 'MODIFY'], dynamodb: { NewImage: { kind: { S: ['META'] } } } }),
      true,
    );
    assert.equal(
      matches({ eventName: ['MODIFY'], dynamodb: { NewImage: { kind: { S: ['INPUT'] } } } }),
      false,
    );
    assert.equal(matches({ tags: ['b', 'c'] }), true);
    assert.equal(matches({ nothing: [null] }), true);
  });

  it('knows prefix, suffix, numeric, ignored case and anything-but', () => {
    assert.equal(matches({ dynamodb: { Keys: { pk: { S: [{ prefix: 'task#' }] } } } }), true);
    assert.equal(matches({ dynamodb: { Keys: { pk: { S: [{ suffix: '#2' }] } } } }), false);
    assert.equal(matches({ count: [{ numeric: ['>', 1, '<=', 5] }] }), true);
    assert.equal(matches({ count: [{ numeric: ['<', 5] }] }), false);
    assert.equal(matches({ eventName: [{ 'equals-ignore-case': 'modify' }] }), true);
    assert.equal(matches({ eventName: [{ 'anything-but': ['REMOVE'] }] }), true);
    assert.equal(matches({ eventName: [{ 'anything-but': { prefix: 'MOD' } }] }), false);
    assert.equal(matches({ absent: [{ 'anything-but': 'x' }] }), false);
  });

  it('knows what is there and what is not', () => {
    assert.equal(matches({ count: [{ exists: true }] }), true);
    assert.equal(matches({ absent: [{ exists: false }] }), true);
    assert.equal(matches({ dynamodb: { OldImage: { kind: { S: [{ exists: false }] } } } }), true);
    assert.equal(matches({ dynamodb: { OldImage: { kind: { S: ['META'] } } } }), false);
    assert.equal(matches({ $or: [{ count: [6] }, { eventName: ['MODIFY'] }] }), true);
  });

  it('refuses an operator that it does not know', () => {
    assert.throws(() => checkPattern({ ip: [{ cidr: '10.0.0.0/8' }] }), /operator cidr \(of ip\)/);
    assert.throws(() => checkPattern({ a: { b: [{ wildcard: '*' }] } }), /wildcard/);
  });
});

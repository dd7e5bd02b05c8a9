import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkPattern, matchesPattern } from '../../../../local/lambda/event-filter.ts';

const event = {
  eventName: 'MODIFY',
  dynamodb: { NewImage: { kind: { S: 'META' }, status: { S: 'completed' } }, Keys: { pk: { S: 'task#1' } } },
  count: 5,
  tags: ['a', 'b'],
  nothing: null,
};
const matches = (pattern: object) => matchesPattern(pattern, event);

describe('filters of event source mappings', () => {
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

  it('does not match a member of something that is not there', () => {
    assert.equal(matches({ dynamodb: { OldImage: { kind: { S: ['META'] } } } }), false);
  });

  it('refuses an operator, by name', () => {
    assert.throws(() => checkPattern({ ip: [{ cidr: '10.0.0.0/8' }] }), /operator cidr \(of ip\)/);
    assert.throws(() => checkPattern({ a: { b: [{ wildcard: '*' }] } }), /wildcard/);
    assert.throws(() => checkPattern({ a: { b: ['c', { prefix: 'd' }] } }), /operator prefix \(of b\)/);
    assert.throws(() => checkPattern({ $or: [{ a: ['b'] }] }), /operator \$or/);
    checkPattern({ a: { b: ['c', null, 5] } });
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { taskTypes } from '../../../../config/task-types.ts';
import type { JsonSchema } from '../../../../core/http-contract/convert-schema.ts';
import { describeTaskTypes } from '../../../../core/http-contract/describe-task-types.ts';
import type { TaskType } from '../../../../core/task-types/task-type.ts';

const emptyRequest = () => ({ TaskRequest: { properties: { type: { type: 'string' } } } });

test('each type is named with what it needs, and the schema of its result is a component', () => {
  const schemas: Record<string, JsonSchema> = emptyRequest();
  describeTaskTypes([...taskTypes.values()], schemas);
  assert.deepEqual(Object.keys(schemas).sort(), [
    'CategoryMatchData',
    'DataCleaningData',
    'SemanticAnalysisData',
    'TaskRequest',
    'TextSummarizationData',
    'TranslationData',
  ]);
  const request = schemas.TaskRequest as { properties: { type: { enum: string[]; description: string } } };
  const { type } = request.properties;
  assert.deepEqual(type.enum, [...taskTypes.keys()]);
  assert.match(type.description, /^- custom \(Custom\): needs `prompt`; free text/m);
  assert.match(type.description, /^- translation .*needs `data`.*`TranslationData`$/m);
  assert.deepEqual(schemas.TranslationData?.required, ['translation', 'source_language', 'target_language']);
});

test('references inside the schema of a type lead to its place in the document', () => {
  const schemas: Record<string, JsonSchema> = emptyRequest();
  const type: TaskType = {
    name: 'sku_list',
    title: 'SKU list',
    instructions: 'secret instructions',
    resultSchema: { type: 'array', items: { $ref: '#/$defs/sku' }, $defs: { sku: { type: 'string' } } },
    requires: 'data',
    answerLanguage: 'none',
    completionTokens: { fixed: 1, perInputToken: 0 },
  };
  describeTaskTypes([type], schemas);
  assert.deepEqual(schemas.SkuListData?.items, { $ref: '#/components/schemas/SkuListData/$defs/sku' });
  assert.doesNotMatch(JSON.stringify(schemas), /secret/, 'what the model is told is not published');
});

test('a document without a task request is an error', () => {
  assert.throws(() => describeTaskTypes([], {}), /TaskRequest/);
});

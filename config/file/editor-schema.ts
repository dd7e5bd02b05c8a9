import * as z from 'zod';
import { ConfigFile } from './config-file.ts';

/** The part of JSON Schema that zod writes here. */
export interface EditorSchema {
  $schema?: string;
  properties?: Record<string, EditorSchema>;
  additionalProperties?: EditorSchema | boolean;
  items?: EditorSchema;
  propertyNames?: EditorSchema;
}

/** configs/config.schema.json: what editors complete and check by. Draft 7, which yaml-language-server knows best. */
export function createEditorSchema(): EditorSchema {
  return z.toJSONSchema(ConfigFile, {
    target: 'draft-7',
    io: 'input',
    override({ jsonSchema }) {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  }) as EditorSchema;
}

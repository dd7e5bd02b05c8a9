import { createEditorSchema } from '../../config/file/editor-schema.ts';

/** configs/config.schema.json as it is committed. */
export function formatEditorSchema(): string {
  return `${JSON.stringify(createEditorSchema(), null, 2)}\n`;
}

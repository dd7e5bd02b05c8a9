/** Metadata that only the local host reads, of a stack or a resource: local/template/cloud-assembly.ts. */
export const localMetadataKey = 'LlmService::Local';

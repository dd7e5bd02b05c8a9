/**
 * Simultaneous calls by task type over all providers; a type that is not named has no limit of its own.
 * LLM_TYPE_LIMITS (`translation=2,custom=1`) adds to these, and replaces those of the same name. A limit
 * costs two table writes for each task of its type, so set only those that are needed.
 */
export const typeLimits: Record<string, number> = {};

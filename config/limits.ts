/**
 * Simultaneous calls by task type over all providers; a type that is not named has no limit of its own.
 * LLM_TYPE_LIMITS (`translation=2,custom=1`) adds to these and wins. Each limit costs two table writes a task of its
 * type, so name only what needs one.
 */
export const typeLimits: Record<string, number> = {};

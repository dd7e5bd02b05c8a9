import type { FieldFault } from '../service-error.ts';

const ofWhole = (detail: string): FieldFault => ({ pointer: '', detail });

/** What is done to an answer as a whole, as `result.repairs` tells it. */
export const answerRepairs = {
  thoughts: ofWhole('thoughts that the model wrote into its answer were left out'),
  textAround: ofWhole('text or a code fence around the JSON was left out'),
  json: ofWhole('its JSON had errors, which were put right'),
};

/** A JSON value that stands in an answer. */
export interface JsonAnswer {
  value: unknown;
  /** What was done to get it. */
  repairs: readonly FieldFault[];
}

import type { FieldFault } from '../service-error.ts';
import { applicators } from './applicators.ts';
import { assertions } from './assertions.ts';
import type { Check } from './check.ts';
import { Evaluated } from './evaluated.ts';
import { Faults, type Place } from './faults.ts';
import { isObject } from './json-value.ts';
import { CheckTooLongError } from './pattern.ts';
import type { SchemaDocument } from './schema-document.ts';

/**
 * What one check may take. A unit is about what it takes to hold one value against one schema: some tenths of a
 * microsecond. An answer of a megabyte against a real schema takes a fifth of it.
 */
const budget = 1_000_000;
/** Of schemas inside one another, references followed; the stack has room for several times as many. */
const deepest = 1_000;

class BoundedCheck implements Check {
  readonly document: SchemaDocument;
  #left = budget;
  #depth = 0;

  constructor(document: SchemaDocument) {
    this.document = document;
  }

  readonly spend = (units: number): void => {
    this.#left -= units;
    if (this.#left < 0) throw new CheckTooLongError();
  };

  readonly matches = (source: string, text: string): boolean => {
    this.spend(1);
    return this.document.patterns.get(source)?.test(text, this.spend) ?? false;
  };

  holds(
    schema: unknown,
    value: unknown,
    place: Place | undefined,
    around: Evaluated | undefined,
    faults: Faults | undefined,
  ): boolean {
    this.spend(1);
    if (schema === true) return true;
    if (!isObject(schema)) {
      faults?.add(place, 'is not in the schema');
      return false;
    }
    this.#depth += 1;
    if (this.#depth > deepest) throw new CheckTooLongError();
    const evaluated = this.document.tracksEvaluation ? new Evaluated() : undefined;
    const at = { schema, value, place, evaluated, faults, check: this };
    let isValid = true;
    const unevaluated: string[] = [];
    for (const name in schema) {
      // They leave out what all other keywords have looked at.
      if (name === 'unevaluatedProperties' || name === 'unevaluatedItems') {
        unevaluated.push(name);
        continue;
      }
      const assertion = assertions.get(name);
      if (assertion && !assertion.holds(schema[name] as never, value, this)) {
        if (faults?.hasRoom) faults.add(place, assertion.words(schema[name] as never, value));
        isValid = false;
      }
      if (applicators.get(name)?.(schema[name] as never, at) === false) isValid = false;
    }
    for (const name of unevaluated)
      if (applicators.get(name)?.(schema[name] as never, at) === false) isValid = false;
    if (isValid && around && evaluated) {
      this.spend(evaluated.size / 16);
      around.add(evaluated);
    }
    this.#depth -= 1;
    return isValid;
  }
}

/** Where a value breaks a schema, the innermost places, at most ten. Throws CheckTooLongError. */
export function checkValue(document: SchemaDocument, value: unknown): FieldFault[] {
  const faults = new Faults();
  const isValid = new BoundedCheck(document).holds(document.root, value, undefined, undefined, faults);
  return isValid ? [] : faults.list();
}

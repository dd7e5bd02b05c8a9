import { isExactNumber, toDouble } from '../json/exact-number.ts';
import { isObject, jsonTypeOf } from '../json-schema/json-value.ts';
import { toPointer } from '../parse-request.ts';
import type { FieldFault } from '../service-error.ts';
import { intoRange, readNumber } from './into-range.ts';
import type { JsonSchema } from './json-schemas.ts';
import { quoteJson } from './quote-json.ts';

export interface Mended {
  value: unknown;
  /** What was changed, each with its place. */
  repairs: FieldFault[];
}

/** More is no slip of a model but another answer. */
const mostRepairs = 20;

/**
 * An answer with those faults put right that leave no doubt of what was meant: a number out of its range or written as
 * text, a value of an `enum` in other letters, a list that is too long, members that the schema does not know. Items of a
 * list that cannot be put right are left out. Undefined: too much would have to change. Whether the value satisfies
 * the schema then is for the check to say.
 */
export function mendValue(schema: JsonSchema, value: unknown): Mended | undefined {
  const mender = new Mender();
  const mended = mender.mend(schema, value, []);
  return mender.repairs.length > mostRepairs ? undefined : { value: mended.value, repairs: mender.repairs };
}

type Path = (string | number)[];

interface Outcome {
  value: unknown;
  /** As far as the keywords go that are looked at here. */
  fits: boolean;
}

class Mender {
  repairs: FieldFault[] = [];

  mend(schema: JsonSchema, value: unknown, path: Path): Outcome {
    if (Array.isArray(schema.enum)) return this.#pick(schema.enum, value, path);
    const types = [schema.type].flat();
    // Where several kinds will do, only what is none of them is a slip.
    if (types.length > 1 && types.includes(jsonTypeOf(value))) return { value, fits: true };
    if (types.includes('object')) return this.#mendObject(schema, value, path);
    if (types.includes('array')) return this.#mendList(schema, value, path);
    if (types.includes('number') || types.includes('integer')) return this.#mendNumber(schema, value, path);
    if (types.includes('string')) return this.#mendText(schema, value, path);
    return { value, fits: true };
  }

  #note(path: Path, detail: string): void {
    this.repairs.push({ pointer: toPointer(path), detail });
  }

  #pick(values: unknown[], value: unknown, path: Path): Outcome {
    if (values.includes(value)) return { value, fits: true };
    if (typeof value !== 'string') return { value, fits: false };
    const same = values.filter((each) => typeof each === 'string' && plain(each) === plain(value));
    const isNone = values.includes(null) && ['', 'null', 'none'].includes(plain(value));
    if (same.length !== 1 && !isNone) return { value, fits: false };
    const picked = same.length === 1 ? same[0] : null;
    this.#note(path, `${quoteJson(value)} was read as ${quoteJson(picked)}`);
    return { value: picked, fits: true };
  }

  #mendNumber(schema: JsonSchema, value: unknown, path: Path): Outcome {
    const number = isExactNumber(value) ? Number(toDouble(value)) : readNumber(value);
    if (number === undefined) return { value, fits: false };
    const mended = intoRange(schema, number);
    if (mended === undefined) return { value, fits: false };
    if (isExactNumber(value) && mended === number) return { value, fits: true };
    this.#note(path, `${quoteJson(value)} was read as ${mended}`);
    return { value: mended, fits: true };
  }

  #mendText(schema: JsonSchema, value: unknown, path: Path): Outcome {
    if (typeof value === 'string')
      return { value, fits: value.length >= Number(toDouble(schema.minLength) ?? 0) };
    if (!isExactNumber(value) && typeof value !== 'boolean') return { value, fits: false };
    const text = JSON.stringify(value);
    this.#note(path, `${text} was read as a text`);
    return { value: text, fits: true };
  }

  #mendList(schema: JsonSchema, value: unknown, path: Path): Outcome {
    if (value === null) this.#note(path, 'was null, and is an empty list');
    const list = value === null ? [] : value;
    if (!Array.isArray(list)) return { value, fits: false };
    const most = Number(toDouble(schema.maxItems) ?? Number.POSITIVE_INFINITY);
    const kept: unknown[] = [];
    for (const [index, item] of list.entries()) {
      if (kept.length >= most) break;
      const before = this.repairs;
      this.repairs = [];
      const { value: mended, fits } = this.mend((schema.items ?? {}) as JsonSchema, item, [...path, index]);
      // Nobody wants to read what was changed in an item that is not there.
      this.repairs = fits ? [...before, ...this.repairs] : before;
      if (fits) kept.push(mended);
      else this.#note([...path, index], 'did not satisfy the schema, and was left out');
    }
    if (list.length > most) this.#note(path, `had ${list.length} items, of which the first ${most} are kept`);
    return { value: kept, fits: kept.length >= Number(toDouble(schema.minItems) ?? 0) };
  }

  #mendObject(schema: JsonSchema, value: unknown, path: Path): Outcome {
    if (!isObject(value)) return { value, fits: false };
    const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
    const mended: Record<string, unknown> = {};
    let fits = true;
    for (const [name, member] of Object.entries(value)) {
      const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (own === undefined && schema.additionalProperties === false) {
        this.#note([...path, name], 'is not in the schema, and was left out');
        continue;
      }
      const outcome = own ? this.mend(own, member, [...path, name]) : { value: member, fits: true };
      fits &&= outcome.fits;
      Object.defineProperty(mended, name, {
        value: outcome.value,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    for (const name of (schema.required ?? []) as string[])
      if (!Object.hasOwn(mended, name)) fits &&= this.#addMissing(properties[name], mended, name, path);
    return { value: mended, fits };
  }

  /** A list that is not there has nothing in it, and what may be null is null; all else is for the model to say. */
  #addMissing(
    schema: JsonSchema | undefined,
    value: Record<string, unknown>,
    name: string,
    path: Path,
  ): boolean {
    const types = [schema?.type].flat();
    const isEmptyList = types.includes('array') && Number(toDouble(schema?.minItems) ?? 0) === 0;
    const mayBeNull = types.includes('null') || (Array.isArray(schema?.enum) && schema.enum.includes(null));
    if (!isEmptyList && !mayBeNull) return false;
    value[name] = isEmptyList ? [] : null;
    this.#note([...path, name], `was missing, and is ${isEmptyList ? 'an empty list' : 'null'}`);
    return true;
  }
}

/** Without what models add to a word of a list. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/^[\s"'`.]+|[\s"'`.]+$/g, '')
    .replace(/[\s_-]+/g, ' ');
}

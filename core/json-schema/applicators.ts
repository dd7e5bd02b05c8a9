import type { Check } from './check.ts';
import type { Evaluated } from './evaluated.ts';
import { Faults, type Place, pointerTo } from './faults.ts';
import { hasMember, isObject, type JsonObject } from './json-value.ts';

/** A value held against the schema that has the keyword. */
interface At {
  schema: JsonObject;
  value: unknown;
  place: Place | undefined;
  /** What the schema has looked at; undefined where nobody asks. */
  evaluated: Evaluated | undefined;
  faults: Faults | undefined;
  check: Check;
}

type Apply<Rule> = (rule: Rule, at: At) => boolean;
type Schemas = Record<string, unknown>;

const inPlace = (schema: unknown, { value, place, evaluated, faults, check }: At): boolean =>
  check.holds(schema, value, place, evaluated, faults);

const below = (schema: unknown, key: string | number, value: unknown, { place, faults, check }: At) =>
  check.holds(schema, value, { parent: place, key }, undefined, faults);

/** Of a failed choice what is wrong inside the nearest is told; where all fail at the value itself, that is joined. */
function addChoiceFaults(tried: readonly Faults[], words: string, { place, faults }: At): void {
  if (!faults) return;
  const own = pointerTo(place);
  const inside = tried.filter((each) => each.list().every(({ pointer }) => pointer !== own));
  const nearest = inside.toSorted((one, other) => one.list().length - other.list().length)[0];
  if (nearest) {
    faults.addAll(nearest);
    return;
  }
  const details = new Set(tried.map((each) => each.list().find(({ pointer }) => pointer === own)?.detail));
  faults.add(place, details.size <= 4 ? [...details].join(', or ') : words);
}

function membersOf(value: unknown, check: Check): [string, unknown][] {
  if (!isObject(value)) return [];
  const members = Object.entries(value);
  check.spend(members.length / 8);
  return members;
}

/** Members that neither `properties` nor `patternProperties` beside it name. */
function additional({ schema, value, check }: At): [string, unknown][] {
  const named = isObject(schema.properties) ? schema.properties : {};
  const sources = isObject(schema.patternProperties) ? Object.keys(schema.patternProperties) : [];
  return membersOf(value, check).filter(
    ([name]) => !hasMember(named, name) && !sources.some((source) => check.matches(source, name)),
  );
}

function holdMembers(rule: unknown, members: [string, unknown][], at: At): boolean {
  let isValid = true;
  for (const [name, member] of members) {
    at.evaluated?.addName(name);
    if (!below(rule, name, member, at)) isValid = false;
  }
  return isValid;
}

function holdItems(rule: unknown, items: readonly unknown[], from: number, at: At): boolean {
  let isValid = true;
  for (let index = from; index < items.length; index += 1)
    if (!below(rule, index, items[index], at)) isValid = false;
  at.evaluated?.addItemsBefore(items.length);
  return isValid;
}

/** Keywords that hold the value, or what is in it, against other schemas (JSON Schema Core §10, §11). */
export const applicators: ReadonlyMap<string, Apply<never>> = new Map(
  Object.entries({
    $ref: (_rule: string, at) => inPlace(at.check.document.targets.get(at.schema), at),
    allOf(rule: unknown[], at) {
      let isValid = true;
      for (const schema of rule) if (!inPlace(schema, at)) isValid = false;
      return isValid;
    },
    anyOf(rule: unknown[], at) {
      const tried: Faults[] = [];
      let isValid = false;
      for (const schema of rule) {
        const faults = at.faults && new Faults();
        if (inPlace(schema, { ...at, faults })) {
          isValid = true;
          // The others matter only where somebody asks what they have looked at.
          if (!at.evaluated) return true;
        } else if (faults) tried.push(faults);
      }
      if (!isValid) addChoiceFaults(tried, `must satisfy one of ${rule.length} schemas (anyOf)`, at);
      return isValid;
    },
    oneOf(rule: unknown[], at) {
      const tried: Faults[] = [];
      let count = 0;
      for (const schema of rule) {
        const faults = at.faults && new Faults();
        if (inPlace(schema, { ...at, faults })) count += 1;
        else if (faults) tried.push(faults);
      }
      const words = `must satisfy exactly one of ${rule.length} schemas (oneOf)`;
      if (count === 0) addChoiceFaults(tried, words, at);
      else if (count > 1) at.faults?.add(at.place, `${words}, and satisfies ${count}`);
      return count === 1;
    },
    not(rule: unknown, at) {
      if (!inPlace(rule, { ...at, evaluated: undefined, faults: undefined })) return true;
      at.faults?.add(at.place, 'must not satisfy the schema in not');
      return false;
    },
    if(rule: unknown, at) {
      const branch = inPlace(rule, { ...at, faults: undefined }) ? 'then' : 'else';
      return !hasMember(at.schema, branch) || inPlace(at.schema[branch], at);
    },
    dependentSchemas(rule: Schemas, at) {
      let isValid = true;
      for (const [name, schema] of Object.entries(rule))
        if (isObject(at.value) && hasMember(at.value, name) && !inPlace(schema, at)) isValid = false;
      return isValid;
    },
    properties(rule: Schemas, at) {
      const { value } = at;
      if (!isObject(value)) return true;
      const names = Object.keys(rule).filter((name) => hasMember(value, name));
      let isValid = true;
      for (const name of names) {
        at.evaluated?.addName(name);
        if (!below(rule[name], name, value[name], at)) isValid = false;
      }
      return isValid;
    },
    patternProperties(rule: Schemas, at) {
      let isValid = true;
      for (const [source, schema] of Object.entries(rule)) {
        const matching = membersOf(at.value, at.check).filter(([name]) => at.check.matches(source, name));
        if (!holdMembers(schema, matching, at)) isValid = false;
      }
      return isValid;
    },
    additionalProperties: (rule: unknown, at) => holdMembers(rule, additional(at), at),
    unevaluatedProperties(rule: unknown, at) {
      const left = membersOf(at.value, at.check).filter(([name]) => !at.evaluated?.hasName(name));
      return holdMembers(rule, left, at);
    },
    propertyNames(rule: unknown, at) {
      let isValid = true;
      for (const [name] of membersOf(at.value, at.check)) {
        if (at.check.holds(rule, name, undefined, undefined, undefined)) continue;
        at.faults?.add({ parent: at.place, key: name }, 'has a name that propertyNames does not allow');
        isValid = false;
      }
      return isValid;
    },
    prefixItems(rule: unknown[], at) {
      if (!Array.isArray(at.value)) return true;
      let isValid = true;
      const count = Math.min(rule.length, at.value.length);
      for (let index = 0; index < count; index += 1)
        if (!below(rule[index], index, at.value[index], at)) isValid = false;
      at.evaluated?.addItemsBefore(count);
      return isValid;
    },
    items(rule: unknown, at) {
      const { prefixItems } = at.schema;
      const from = Array.isArray(prefixItems) ? prefixItems.length : 0;
      return !Array.isArray(at.value) || holdItems(rule, at.value, from, at);
    },
    unevaluatedItems(rule: unknown, at) {
      if (!Array.isArray(at.value)) return true;
      let isValid = true;
      for (const [index, item] of at.value.entries())
        if (!at.evaluated?.hasIndex(index) && !below(rule, index, item, at)) isValid = false;
      at.evaluated?.addItemsBefore(at.value.length);
      return isValid;
    },
    contains(rule: unknown, at) {
      if (!Array.isArray(at.value)) return true;
      const { minContains: least = 1, maxContains: most = Number.POSITIVE_INFINITY } = at.schema as {
        minContains?: number;
        maxContains?: number;
      };
      let count = 0;
      for (const [index, item] of at.value.entries())
        if (below(rule, index, item, { ...at, faults: undefined })) {
          count += 1;
          at.evaluated?.addIndex(index);
        }
      if (count >= least && count <= most) return true;
      const bound = count < least ? `at least ${least}` : `at most ${most}`;
      at.faults?.add(
        at.place,
        `must have ${bound} items of the kind that contains asks for, and has ${count}`,
      );
      return false;
    },
  } satisfies Record<string, Apply<never>>),
);

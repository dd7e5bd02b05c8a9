import type { FieldFault } from '../service-error.ts';
import { findEndless } from './find-endless.ts';
import { appendPointer, isObject, type JsonObject, splitPointer } from './json-value.ts';
import { isKnownDialect, keywords } from './keywords.ts';
import type { CompilePattern, Pattern } from './pattern.ts';
import { type SchemaDocument, schemasInside } from './schema-document.ts';

/**
 * Walks a schema: each keyword's value, each reference, each regular expression. The document is complete only where
 * there is no fault. Pointers of faults lead into the schema.
 */
export async function readSchema(
  root: unknown,
  compilePattern: CompilePattern,
): Promise<{ document: SchemaDocument; faults: FieldFault[] }> {
  const walked = new SchemaWalk(root);
  const { faults, targets, tracksEvaluation } = walked;
  const patterns = new Map<string, Pattern>();
  for (const [source, pointers] of walked.patternPlaces) {
    const pattern = await compilePattern(source);
    if (pattern) patterns.set(source, pattern);
    else
      for (const pointer of pointers)
        faults.push({ pointer, detail: 'is no regular expression of ECMA-262, or too large' });
  }
  const document = { root, targets, patterns, tracksEvaluation };
  if (faults.length === 0) faults.push(...findEndless(document));
  return { document, faults };
}

interface Reference {
  holder: JsonObject;
  pointer: string;
  base: string;
}

interface Target {
  schema: unknown;
  base: string;
}

/** A schema without `$id` has this base, which no caller can name. */
const ownBase = 'json-schema:///';

class SchemaWalk {
  readonly faults: FieldFault[] = [];
  readonly targets = new Map<JsonObject, unknown>();
  /** Where each regular expression stands. */
  readonly patternPlaces = new Map<string, string[]>();
  tracksEvaluation = false;
  readonly #resources = new Map<string, JsonObject>();
  readonly #anchors = new Map<string, Target>();
  /** Of every schema that was walked: the URI that its references are relative to. */
  readonly #bases = new Map<JsonObject, string>();
  readonly #references: Reference[] = [];

  constructor(root: unknown) {
    this.#walk(root, '', ownBase);
    // The list grows while it is read.
    for (const reference of this.#references) this.#resolve(reference);
  }

  #fault(pointer: string, detail: string): void {
    this.faults.push({ pointer, detail });
  }

  #walk(schema: unknown, pointer: string, outerBase: string): void {
    if (typeof schema === 'boolean') return;
    if (!isObject(schema)) {
      this.#fault(pointer, 'must be a schema: an object, true or false');
      return;
    }
    if (this.#bases.has(schema)) return;
    const base = this.#readIdentity(schema, pointer, outerBase);
    this.#bases.set(schema, base);
    for (const [name, value] of Object.entries(schema)) {
      const keyword = keywords.get(name);
      if (!keyword) continue;
      const here = appendPointer(pointer, name);
      const wrong = keyword.fault?.(value);
      if (wrong !== undefined) {
        this.#fault(here, wrong);
        continue;
      }
      if (name === '$ref') this.#references.push({ holder: schema, pointer: here, base });
      if (name === 'pattern') this.#addPattern(String(value), here);
      if (name === 'patternProperties')
        for (const source of Object.keys(value as JsonObject))
          this.#addPattern(source, appendPointer(here, source));
      if (name.startsWith('unevaluated')) this.tracksEvaluation = true;
      for (const [inner, place] of schemasInside(keyword.inside, value, here)) this.#walk(inner, place, base);
    }
  }

  #addPattern(source: string, pointer: string): void {
    this.patternPlaces.set(source, [...(this.patternPlaces.get(source) ?? []), pointer]);
  }

  /** Keeps what the schema is called. Answers the base of the references inside it. */
  #readIdentity(schema: JsonObject, pointer: string, outerBase: string): string {
    const { $id: id, $schema: dialect } = schema;
    if (typeof dialect === 'string' && !isKnownDialect(dialect))
      this.#fault(
        `${pointer}/$schema`,
        'names the dialect of another document: write draft 2020-12, or nothing',
      );
    let base = outerBase;
    if (typeof id === 'string') {
      const uri = splitUri(id, outerBase);
      if (uri?.fragment === '') base = uri.document;
      else this.#fault(`${pointer}/$id`, 'must be a URI without a fragment');
    }
    if (pointer === '' || base !== outerBase) this.#resources.set(base, schema);
    for (const name of ['$anchor', '$dynamicAnchor'])
      if (typeof schema[name] === 'string') this.#anchors.set(`${base}#${schema[name]}`, { schema, base });
    return base;
  }

  #resolve({ holder, pointer, base }: Reference): void {
    const uri = splitUri(String(holder.$ref), base);
    if (!uri) {
      this.#fault(pointer, 'must be a URI reference');
      return;
    }
    const { document, fragment } = uri;
    const resource = this.#resources.get(document);
    const isPointer = fragment === '' || fragment.startsWith('/');
    const target =
      resource &&
      (isPointer ? this.#follow(resource, fragment) : this.#anchors.get(`${document}#${fragment}`));
    if (!resource)
      this.#fault(pointer, 'leads to another document: put what it names under $defs, and write "#/$defs/…"');
    else if (!target) this.#fault(pointer, 'leads nowhere');
    else if (typeof target.schema !== 'boolean' && !isObject(target.schema))
      this.#fault(pointer, 'leads to what is no schema');
    else {
      this.targets.set(holder, target.schema);
      // What no keyword leads to, such as the `definitions` of older drafts, is looked at only now.
      this.#walk(target.schema, pointer, target.base);
    }
  }

  #follow(resource: JsonObject, pointer: string): Target | undefined {
    let schema: unknown = resource;
    let base = this.#bases.get(resource) ?? ownBase;
    for (const step of splitPointer(pointer)) {
      if (typeof schema !== 'object' || schema === null || !Object.hasOwn(schema, step)) return undefined;
      schema = (schema as JsonObject)[step];
      if (isObject(schema)) base = this.#bases.get(schema) ?? base;
    }
    return { schema, base };
  }
}

/** A URI reference against its base, its fragment decoded; undefined: it is none. */
function splitUri(reference: string, base: string): { document: string; fragment: string } | undefined {
  const url = URL.parse(reference, base);
  if (!url) return undefined;
  const { hash } = url;
  url.hash = '';
  try {
    return { document: url.href, fragment: decodeURIComponent(hash.slice(1)) };
  } catch {
    return undefined;
  }
}

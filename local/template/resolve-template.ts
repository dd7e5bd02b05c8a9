// Intrinsic functions and pseudo parameters of CloudFormation:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
import type { Stack, TemplateResource, Value } from './cloud-assembly.ts';
import { localAccount, nameResource } from './resource-names.ts';

export interface ResolvedResource {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly properties: Record<string, Value>;
  readonly metadata: Record<string, Value>;
}

export interface ResolvedTemplates {
  readonly resources: readonly ResolvedResource[];
  readonly outputs: readonly { name: string; value: Value }[];
  ofType(type: string): ResolvedResource[];
}

/** Resolves every resource of all stacks. Throws an error that names what it cannot resolve. */
export function resolveTemplates(stacks: readonly Stack[], region: string): ResolvedTemplates {
  const resolver = new Resolver(stacks, region);
  const resources = stacks.flatMap((stack) =>
    Object.keys(stack.template.Resources ?? {}).map((id) => resolver.resource(stack, id)),
  );
  const outputs = stacks.flatMap((stack) =>
    Object.entries(stack.template.Outputs ?? {}).map(([name, output]) => ({
      name,
      value: resolver.value(stack, output.Value),
    })),
  );
  return { resources, outputs, ofType: (type) => resources.filter((resource) => resource.type === type) };
}

class Resolver {
  readonly #stacks: readonly Stack[];
  readonly #region: string;
  readonly #resolved = new Map<string, ResolvedResource>();
  readonly #inProgress = new Set<string>();

  constructor(stacks: readonly Stack[], region: string) {
    this.#stacks = stacks;
    this.#region = region;
  }

  resource(stack: Stack, id: string): ResolvedResource {
    const key = `${stack.name}/${id}`;
    const known = this.#resolved.get(key);
    if (known) return known;
    const definition = stack.template.Resources?.[id];
    if (!definition) throw new Error(`Stack ${stack.name} refers to ${id}, which it does not define`);
    if (this.#inProgress.has(key)) throw new Error(`Resource ${id} of stack ${stack.name} depends on itself`);
    this.#inProgress.add(key);
    const resource = this.#name(stack, id, definition);
    this.#inProgress.delete(key);
    this.#resolved.set(key, resource);
    return resource;
  }

  #name(stack: Stack, id: string, definition: TemplateResource): ResolvedResource {
    const properties = this.value(stack, definition.Properties ?? {});
    const { ref, attributes = {} } = nameResource({
      stack: stack.name,
      id,
      type: definition.Type,
      properties,
      region: this.#region,
    });
    return {
      stack: stack.name,
      id,
      type: definition.Type,
      ref,
      attributes,
      properties,
      metadata: this.value(stack, definition.Metadata ?? {}),
    };
  }

  value(stack: Stack, value: Value): Value {
    if (Array.isArray(value)) return value.map((entry) => this.value(stack, entry)).filter(isDefined);
    if (typeof value === 'string' && value.includes('{{resolve:')) {
      throw new Error(`Dynamic references are not served: ${value} in stack ${stack.name}`);
    }
    if (value === null || typeof value !== 'object') return value;
    const keys = Object.keys(value);
    const [key] = keys;
    if (keys.length === 1 && key && (key === 'Ref' || key.startsWith('Fn::'))) {
      return this.#intrinsic(stack, key, value[key]);
    }
    const entries = Object.entries(value).map(([name, entry]) => [name, this.value(stack, entry)]);
    return Object.fromEntries(entries.filter(([, entry]) => isDefined(entry)));
  }

  #intrinsic(stack: Stack, name: string, argument: Value): Value {
    switch (name) {
      case 'Ref':
        return this.#ref(stack, argument);
      case 'Fn::GetAtt': {
        const [id, attribute] = Array.isArray(argument) ? argument : argument.split('.', 2);
        return this.#attribute(stack, id, this.value(stack, attribute));
      }
      case 'Fn::Join':
        return this.value(stack, argument[1]).join(argument[0]);
      case 'Fn::Select':
        return this.value(stack, argument[1])[Number(this.value(stack, argument[0]))];
      case 'Fn::Split':
        return String(this.value(stack, argument[1])).split(argument[0]);
      case 'Fn::Sub':
        return this.#substitute(stack, argument);
      case 'Fn::ImportValue':
        return this.#import(stack, this.value(stack, argument));
      default:
        throw new Error(`The local host does not know ${name}, used in stack ${stack.name}`);
    }
  }

  #ref(stack: Stack, id: string): Value {
    const pseudo: Record<string, Value> = {
      'AWS::AccountId': localAccount,
      'AWS::Region': this.#region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stack.name,
      'AWS::NoValue': undefined,
    };
    return id in pseudo ? pseudo[id] : this.resource(stack, id).ref;
  }

  #attribute(stack: Stack, id: string, attribute: string): string {
    const value = this.resource(stack, id).attributes[attribute];
    if (value !== undefined) return value;
    const type = stack.template.Resources?.[id]?.Type;
    throw new Error(
      `The local host does not know attribute ${attribute} of ${type} (${id} in ${stack.name})`,
    );
  }

  #substitute(stack: Stack, argument: Value): string {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_: string, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (name in variables) return this.value(stack, variables[name]);
      const [id, ...attribute] = name.split('.');
      return attribute.length > 0
        ? this.#attribute(stack, String(id), attribute.join('.'))
        : this.#ref(stack, name);
    });
  }

  #import(importer: Stack, name: string): Value {
    for (const stack of this.#stacks) {
      for (const output of Object.values(stack.template.Outputs ?? {})) {
        if (output.Export && this.value(stack, output.Export.Name) === name) {
          return this.value(stack, output.Value);
        }
      }
    }
    throw new Error(`Stack ${importer.name} imports ${name}, which no stack exports`);
  }
}

const isDefined = (value: Value) => value !== undefined;

// Systems Manager parameters: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
// Secrets stay in the environment of the person's shell; only this call shows one, to a function that may read it.
import type { Value } from '../template/cloud-assembly.ts';
import type { AccessRequest } from './iam.ts';
import { ServiceFault } from './service-fault.ts';

export class Ssm {
  readonly #variables: Readonly<Record<string, string>>;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #values: ReadonlyMap<string, string>;
  readonly #arnPrefix: string;

  /**
   * @param variables the environment variable that holds each secret parameter
   * @param values the parameters that the templates define
   */
  constructor(
    variables: Readonly<Record<string, string>>,
    environment: Readonly<Record<string, string | undefined>>,
    values: ReadonlyMap<string, string>,
    arnPrefix: string,
  ) {
    this.#variables = variables;
    this.#environment = environment;
    this.#values = values;
    this.#arnPrefix = arnPrefix;
  }

  access(operation: string, input: Value): AccessRequest[] {
    const names: string[] = input.Names ?? [input.Name];
    return names.map((name) => ({ action: `ssm:${operation}`, resource: this.#arn(name) }));
  }

  call(operation: string, input: Value): Value {
    if (operation === 'GetParameter') {
      const parameter = this.#parameter(input.Name);
      if (parameter) return { Parameter: parameter };
      throw new ServiceFault(400, 'ParameterNotFound', `Parameter ${input.Name} not found.`);
    }
    if (operation !== 'GetParameters') {
      throw new ServiceFault(400, 'UnknownOperationException', `SSM ${operation} is not served locally`);
    }
    const names: string[] = input.Names;
    return {
      Parameters: names.map((name) => this.#parameter(name)).filter((parameter) => parameter !== undefined),
      InvalidParameters: names.filter((name) => this.#parameter(name) === undefined),
    };
  }

  #parameter(name: string): Value {
    const variable = this.#variables[name];
    const value = this.#values.get(name) ?? (variable && this.#environment[variable]);
    if (!value) return undefined;
    const Type = this.#values.has(name) ? 'String' : 'SecureString';
    return { Name: name, Type, Value: value, Version: 1, DataType: 'text', ARN: this.#arn(name) };
  }

  #arn(name: string): string {
    return `${this.#arnPrefix}${name.startsWith('/') ? '' : '/'}${name}`;
  }
}

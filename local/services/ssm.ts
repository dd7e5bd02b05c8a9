// Systems Manager parameters: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
// Secrets stay in the environment of the host, which no function sees. GetParameter shows one, to a function whose role
// may read it; PutParameter, which no role may do, gives it another value until the host stops.
import type { Value } from '../template/cloud-assembly.ts';
import type { JsonService } from './aws-service.ts';
import type { AccessRequest } from './iam.ts';
import { ServiceFault } from './service-fault.ts';

interface Parameter {
  value: string;
  version: number;
  /** Epoch milliseconds. */
  changedAt: number;
}

const operations = ['GetParameter', 'GetParameters', 'PutParameter'];

export class Ssm implements JsonService {
  readonly #variables: Readonly<Record<string, string>>;
  readonly #parameters = new Map<string, Parameter>();
  readonly #arnPrefix: string;

  /** @param variables the variable of `environment` that holds each parameter, by the parameter's name */
  constructor(
    variables: Readonly<Record<string, string>>,
    environment: Readonly<Record<string, string | undefined>>,
    region: string,
    account: string,
  ) {
    this.#variables = variables;
    this.#arnPrefix = `arn:aws:ssm:${region}:${account}:parameter`;
    for (const [name, variable] of Object.entries(variables)) {
      const value = environment[variable];
      if (value) this.#parameters.set(name, { value, version: 1, changedAt: Date.now() });
    }
  }

  access(operation: string, { Name, Names = [Name] }: Value): AccessRequest[] {
    checkServed(operation);
    return Names.map((name: string) => ({ action: `ssm:${operation}`, resource: this.#arn(name) }));
  }

  call(operation: string, input: Value): Value {
    checkServed(operation);
    if (operation === 'PutParameter') return this.#put(input);
    if (operation === 'GetParameter') return { Parameter: this.#get(input.Name) };
    const known = input.Names.filter((name: string) => this.#parameters.has(name));
    return { Parameters: known.map((name: string) => this.#get(name)) };
  }

  #get(name: string): Value {
    const found = this.#parameters.get(name);
    if (!found) throw new ServiceFault(400, 'ParameterNotFound', `Parameter ${name} not found.`);
    return {
      Name: name,
      Type: 'SecureString',
      Value: found.value,
      Version: found.version,
      LastModifiedDate: found.changedAt / 1000,
      DataType: 'text',
      ARN: this.#arn(name),
    };
  }

  #put({ Name, Value: value, Overwrite }: Value): Value {
    if (!(Name in this.#variables) || typeof value !== 'string' || value === '')
      throw new ServiceFault(
        400,
        'ValidationException',
        `${Name} is no parameter of the service, or has no value`,
      );
    const before = this.#parameters.get(Name);
    if (before && !Overwrite)
      throw new ServiceFault(400, 'ParameterAlreadyExists', `The parameter ${Name} is there already.`);
    const version = (before?.version ?? 0) + 1;
    this.#parameters.set(Name, { value, version, changedAt: Date.now() });
    return { Version: version, Tier: 'Standard' };
  }

  #arn(name: string): string {
    return `${this.#arnPrefix}${name.startsWith('/') ? '' : '/'}${name}`;
  }
}

function checkServed(operation: string): void {
  if (operations.includes(operation)) return;
  throw new ServiceFault(400, 'UnknownOperationException', `SSM ${operation} is not served locally`);
}

// Serves a synthesized cloud assembly on one machine.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AccessKey,
  awsConfigFile,
  createAccessKey,
  removeAwsConfig,
  writeAwsConfig,
} from './access-keys.ts';
import { createConnectionsApi } from './api/connections.ts';
import { createApis } from './api/create-apis.ts';
import { createLocalizer } from './api/local-addresses.ts';
import { PublicServer } from './api/public-server.ts';
import { AwsEndpoint } from './aws-endpoint.ts';
import { addFunctions } from './lambda/add-functions.ts';
import { EventSources } from './lambda/event-sources.ts';
import { functionName, LambdaHost } from './lambda/lambda-host.ts';
import { createLog } from './log.ts';
import { describeOpenness, readOpenness } from './openness.ts';
import { CallInterceptor } from './requests/call-interceptor.ts';
import type { Fault, Injection } from './requests/fault-injector.ts';
import { observeLog } from './requests/observe-log.ts';
import { RequestCounter } from './requests/request-counter.ts';
import type { RequestObserver } from './requests/request-observers.ts';
import type { JsonService, PathService, RestService } from './services/aws-service.ts';
import { Database } from './services/database.ts';
import { DynamoDb } from './services/dynamodb.ts';
import { EventBus } from './services/event-bus.ts';
import { Iam } from './services/iam.ts';
import { importLevel } from './services/import-level.ts';
import { createLambdaApi } from './services/lambda-api.ts';
import { S3 } from './services/s3.ts';
import { Scheduler } from './services/scheduler.ts';
import { Sqs } from './services/sqs.ts';
import { Ssm } from './services/ssm.ts';
import { Shutdown } from './shutdown.ts';
import { localMetadataKey, readCloudAssembly, type Value } from './template/cloud-assembly.ts';
import { refuseUnknown } from './template/known-resources.ts';
import { type ResolvedTemplates, resolveTemplates } from './template/resolve-template.ts';
import { localAccount } from './template/resource-names.ts';

export interface HostOptions {
  /** The output of `cdk synth`. */
  readonly assemblyDir: string;
  /** Where tables, queues and buckets are kept. */
  readonly dataDir: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly hostname?: string;
  /** Where secret parameters and settings of the host are read from. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly quiet?: boolean;
}

export interface Host {
  readonly url: string;
  /** Resolves when the functions run that callers would wait for first. It serves before. */
  readonly warmed: Promise<void>;
  readonly wsUrl: string;
  /** Endpoint for SDK clients. */
  readonly awsEndpoint: string;
  /** With this key they may do everything. */
  readonly awsCredentials: AccessKey;
  /** Has both for tools in other processes, as long as the host runs. */
  readonly awsConfigFile: string;
  /** What the templates say, and what of it is served. */
  readonly templates: ResolvedTemplates;
  readonly notices: readonly string[];
  /** Outputs of the stacks by name, with local addresses. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Ends all environments of functions whose names match, as crashes would. Returns how many events ran in them. */
  crashEnvironments(functionNamePattern: RegExp): number;
  /** Names of the functions that schedules invoke. */
  readonly scheduledFunctions: ReadonlySet<string>;
  /** Tells of every request that would reach AWS, from now on. Returns the function that ends it. */
  observeRequests(observer: RequestObserver): () => void;
  /** Counts them from now on. */
  countRequests(): RequestCounter;
  /** Lets calls at the AWS endpoint fail, from now on. */
  injectFaults(faults: readonly Fault[]): Injection;
  /** Deletes items whose TTL is past, which otherwise happens every few seconds. */
  expireItems(): Promise<number>;
  /** Lets what runs end for up to `graceMs` (default 3,000), then stops. */
  close(graceMs?: number): Promise<void>;
}

/** Rejects with an error that names what cannot be served, before anything runs. */
export async function startHost(options: HostOptions): Promise<Host> {
  const shutdown = new Shutdown();
  try {
    return await start(options, shutdown);
  } catch (error) {
    await shutdown.close();
    throw error;
  }
}

async function start(options: HostOptions, shutdown: Shutdown): Promise<Host> {
  const environment = options.environment ?? process.env;
  const { dataDir, hostname = '127.0.0.1' } = options;
  const openness = readOpenness(hostname, environment);
  const log = createLog({ quiet: options.quiet === true, level: environment.LLM_LOG_LEVEL ?? 'info' });
  const region = environment.AWS_REGION || environment.CDK_DEFAULT_REGION || 'us-east-1';
  const assembly = readCloudAssembly(options.assemblyDir);
  refuseUnknown(assembly.stacks);
  const templates = resolveTemplates(assembly.stacks, region);
  const metadata: Value[] = assembly.stacks.map(
    ({ template }) => template.Metadata?.[localMetadataKey] ?? {},
  );

  mkdirSync(dataDir, { recursive: true });
  const database = openDatabase(dataDir);
  shutdown.onClose(() => database.close());
  await importLevel(join(dataDir, 'dynamodb'), database);
  const dynamodb = new DynamoDb(database, region, localAccount);
  shutdown.onClose(() => dynamodb.close());
  const sqs = new Sqs(dataDir);
  shutdown.onClose(() => sqs.close());
  const s3 = await S3.open(join(dataDir, 's3'));
  shutdown.onClose(() => s3.close());
  const interceptor = new CallInterceptor();
  const { observers } = interceptor;
  const endpoint = await AwsEndpoint.listen(log, interceptor);
  shutdown.onClose(() => endpoint.close());
  const lambda = new LambdaHost(observeLog(log, observers), observers, endpoint.attach);
  shutdown.onClose(() => lambda.close());
  const administrator = createAccessKey();
  writeAwsConfig(dataDir, region, endpoint.url, administrator);
  shutdown.onClose(() => removeAwsConfig(dataDir));
  const server = await PublicServer.listen(options.port, hostname, openness, log);
  shutdown.onClose(() => server.close());

  const iam = new Iam(templates);
  const localize = createLocalizer(templates, region, endpoint.url, server.url);
  const hosting = { region, awsEndpoint: endpoint.url, dataDir, localize };
  const principals = addFunctions(lambda, templates, assembly, hosting);
  for (const queue of templates.ofType('AWS::SQS::Queue')) sqs.add(queue);
  sqs.restore();
  for (const bucket of templates.ofType('AWS::S3::Bucket')) s3.add(bucket.ref);
  const sources = new EventSources(templates, { lambda, sqs, database, iam, log, observers, region });
  for (const table of templates.ofType('AWS::DynamoDB::Table')) {
    await dynamodb.add(table, sources.listenerOf(table.attributes.StreamArn ?? ''));
  }
  const apis = createApis(templates, { region, account: localAccount, observers, openness }, lambda);
  shutdown.onStop(() => apis.webSocket?.close());

  const events = new EventBus(region, localAccount, log);
  const variables = Object.assign({}, ...metadata.map(({ parameters = {} }) => parameters));
  const ssm = new Ssm(variables, environment, region, localAccount);
  endpoint.serve({
    json: new Map<string, JsonService>(Object.entries({ dynamodb, sqs, ssm, events })),
    path: new Map<string, PathService>([['execute-api', createConnectionsApi(apis.webSocket)]]),
    rest: new Map<string, RestService>([
      ['s3', s3],
      ['lambda', createLambdaApi(lambda)],
    ]),
    iam,
    principals,
    administratorKeyId: administrator.accessKeyId,
  });

  const scheduler = new Scheduler(lambda, log);
  shutdown.onStop(() => scheduler.stop());
  const seconds = Number(environment.LLM_LOCAL_SCHEDULE_SECONDS) || undefined;
  const schedules = templates.ofType('AWS::Scheduler::Schedule');
  for (const schedule of schedules) scheduler.add(schedule, iam, seconds);
  const scheduled = new Set(schedules.map(({ properties }) => functionName(properties.Target.Arn)));
  // From here on functions run.
  shutdown.onStop(() => sources.stop());
  await sources.start(environment.LLM_LOCAL_OVERPOLL === '1');
  server.serve(apis);
  const warm = templates
    .ofType('AWS::Lambda::Function')
    .filter(({ metadata }) => metadata[localMetadataKey]?.warm);
  const warmed = lambda.warm(warm.map(({ ref }) => ref));

  return {
    url: server.url,
    warmed,
    wsUrl: `${server.url.replace('http', 'ws')}/ws`,
    awsEndpoint: endpoint.url,
    awsCredentials: administrator,
    awsConfigFile: awsConfigFile(dataDir),
    templates,
    notices: [...metadata.flatMap(({ notices = [] }) => notices), ...describeOpenness(openness)],
    outputs: Object.fromEntries(templates.outputs.map(({ name, value }) => [name, localize(String(value))])),
    crashEnvironments: (pattern) => lambda.crash(pattern),
    scheduledFunctions: scheduled,
    observeRequests: (observer) => observers.add(observer),
    countRequests: () => new RequestCounter(observers, scheduled),
    injectFaults: (faults) => interceptor.faults.inject(faults),
    expireItems: () => dynamodb.expireItems(),
    async close(graceMs = 3000) {
      shutdown.stop();
      server.refuse();
      const deadline = Date.now() + graceMs;
      while (lambda.running > 0 && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20));
      await shutdown.close();
    },
  };
}

function openDatabase(dataDir: string): Database {
  try {
    return new Database(dataDir);
  } catch (error) {
    const busy = 5;
    if ((error as { errcode?: number }).errcode !== busy) throw error;
    throw new Error(`Another local host is using ${dataDir}. Stop it, or set LLM_DATA_DIR to another place.`);
  }
}

// Serves a synthesized cloud assembly on one machine.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createConnectionsApi } from './api/connections.ts';
import { FunctionUrl } from './api/function-url.ts';
import { HttpApi } from './api/http-api.ts';
import { readInvokePermissions } from './api/invoke-permissions.ts';
import { apisOf, createLocalizer } from './api/local-addresses.ts';
import { PublicServer } from './api/public-server.ts';
import { WebSocketApi } from './api/websocket-api.ts';
import { AwsEndpoint } from './aws-endpoint.ts';
import { checkPollingRole, createStreamMapping, isQueue, startSqsPoller } from './event-sources.ts';
import { defineFunction } from './lambda/function-definition.ts';
import { LambdaHost } from './lambda/lambda-host.ts';
import { createLog } from './log.ts';
import type { Principal } from './services/access-denied.ts';
import type { JsonService, RestService } from './services/aws-service.ts';
import { DynamoDb } from './services/dynamodb.ts';
import { createStreamListener } from './services/dynamodb-stream.ts';
import { EventBus } from './services/event-bus.ts';
import { Iam } from './services/iam.ts';
import { createLambdaApi } from './services/lambda-api.ts';
import { S3 } from './services/s3.ts';
import { Scheduler } from './services/scheduler.ts';
import { Sqs } from './services/sqs.ts';
import { Ssm } from './services/ssm.ts';
import { readCloudAssembly, type Value } from './template/cloud-assembly.ts';
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
  readonly wsUrl: string;
  /** Endpoint for SDK clients; an administrator's access key is `administratorAccessKeyId`. */
  readonly awsEndpoint: string;
  /** What the templates say, and what of it is served. */
  readonly templates: ResolvedTemplates;
  readonly notices: readonly string[];
  /** Outputs of the stacks by name, with local addresses. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Ends all environments of functions whose names match, as crashes would. Returns how many. */
  crashEnvironments(functionNamePattern: RegExp): number;
  /** Deletes items whose TTL is past, which otherwise happens every few seconds. */
  expireItems(): Promise<number>;
  /** Lets what runs end for up to `graceMs` (default 3,000), then stops. */
  close(graceMs?: number): Promise<void>;
}

const metadataKey = 'LlmService::Local';

/** Rejects with an error that names what cannot be served, before anything runs. */
export async function startHost(options: HostOptions): Promise<Host> {
  const environment = options.environment ?? process.env;
  const log = createLog({ quiet: options.quiet === true, level: environment.LLM_LOG_LEVEL ?? 'info' });
  const region = environment.AWS_REGION || environment.CDK_DEFAULT_REGION || 'us-east-1';
  const assembly = readCloudAssembly(options.assemblyDir);
  refuseUnknown(assembly.stacks);
  const templates = resolveTemplates(assembly.stacks, region);
  const metadata: Value[] = assembly.stacks.map((stack) => stack.template.Metadata?.[metadataKey] ?? {});
  mkdirSync(options.dataDir, { recursive: true });

  const dynamodb = await DynamoDb.open(join(options.dataDir, 'dynamodb'), region, localAccount).catch(
    (error) => {
      if (error.code !== 'LEVEL_LOCKED') throw error;
      throw new Error(
        `Another local host is using ${options.dataDir}. Stop it, or set LLM_DATA_DIR to another place.`,
      );
    },
  );
  const lambda = new LambdaHost(log);
  const scheduler = new Scheduler(lambda, log);
  const stopping: (() => void)[] = [() => scheduler.stop()];
  const closing: (() => Promise<void> | void)[] = [() => dynamodb.close()];
  const closeAll = async () => {
    for (const stop of stopping) stop();
    for (const close of closing.reverse()) await close();
  };
  try {
    const sqs = new Sqs(options.dataDir);
    closing.push(() => sqs.close());
    const s3 = await S3.open(join(options.dataDir, 's3'));
    closing.push(() => s3.close());
    closing.push(() => lambda.close());
    const endpoint = await AwsEndpoint.listen(log);
    closing.push(() => endpoint.close());
    const server = await PublicServer.listen(options.port, options.hostname ?? '127.0.0.1', log);
    closing.push(() => server.close());
    const settings = { region, account: localAccount };
    const iam = new Iam(templates);
    const mayInvoke = readInvokePermissions(templates);
    const localize = createLocalizer(templates, region, endpoint.url, server.url);

    const principals = new Map<string, Principal>();
    const hostStartedAt = Date.now();
    for (const resource of templates.ofType('AWS::Lambda::Function')) {
      const accessKeyId = `LOCAL${String(principals.size).padStart(11, '0')}`;
      const definition = defineFunction(resource, {
        region,
        awsEndpoint: endpoint.url,
        hostStartedAt,
        assets: assembly.assets,
        accessKeyId,
        compileCache: join(options.dataDir, 'compile-cache'),
        localize,
      });
      principals.set(accessKeyId, { functionName: definition.name, roleArn: definition.roleArn });
      lambda.add(definition);
    }

    for (const queue of templates.ofType('AWS::SQS::Queue')) sqs.add(queue);
    sqs.restore();
    for (const bucket of templates.ofType('AWS::S3::Bucket')) s3.add(bucket.ref);

    const sources = { lambda, sqs, iam, log, region };
    const mappings = templates
      .ofType('AWS::Lambda::EventSourceMapping')
      .filter(({ properties }) => properties.Enabled !== false);
    for (const mapping of mappings) checkPollingRole(mapping, sources);
    const streams = mappings
      .filter((mapping) => !isQueue(mapping))
      .map((mapping) => ({
        arn: mapping.properties.EventSourceArn,
        mapping: createStreamMapping(mapping, sources, dynamodb.database),
      }));
    for (const table of templates.ofType('AWS::DynamoDB::Table')) {
      const { StreamArn = '' } = table.attributes;
      const takers = streams.filter(({ arn }) => arn === StreamArn).map(({ mapping }) => mapping);
      const listener = takers.length > 0 ? createStreamListener(StreamArn, region, () => takers) : undefined;
      await dynamodb.add(table, listener);
    }

    const httpApis = apisOf(templates, 'HTTP').map(
      (api) => new HttpApi(api, templates, settings, lambda, mayInvoke),
    );
    const webSocketApis = apisOf(templates, 'WEBSOCKET').map(
      (api) => new WebSocketApi(api, templates, settings, lambda, mayInvoke),
    );
    stopping.push(() => webSocketApis.forEach((api) => void api.close()));
    if (httpApis.length > 1 || webSocketApis.length > 1) {
      throw new Error('The local host serves one HTTP API and one WebSocket API');
    }
    const functionUrls = templates
      .ofType('AWS::Lambda::Url')
      .map((resource) => new FunctionUrl(resource, localAccount, lambda));

    const events = new EventBus(region, localAccount, log);
    const variables = Object.assign({}, ...metadata.map(({ parameters: names = {} }) => names));
    const ssm = new Ssm(variables, environment, region, localAccount);
    endpoint.serve({
      json: new Map<string, JsonService>(Object.entries({ dynamodb, sqs, ssm, events })),
      rest: new Map<string, RestService>([
        ['s3', s3],
        ['lambda', createLambdaApi(lambda)],
        ['execute-api', createConnectionsApi(webSocketApis)],
      ]),
      iam,
      principals,
    });

    for (const { mapping } of streams) await mapping.restore();
    stopping.push(() => streams.forEach(({ mapping }) => void mapping.stop()));
    const overPolls = environment.LLM_LOCAL_OVERPOLL === '1';
    const pollers = mappings.filter(isQueue).map((mapping) => startSqsPoller(mapping, sources, overPolls));
    stopping.push(() => pollers.forEach((poller) => void poller.stop()));
    const seconds = Number(environment.LLM_LOCAL_SCHEDULE_SECONDS) || undefined;
    for (const schedule of templates.ofType('AWS::Scheduler::Schedule'))
      scheduler.add(schedule, iam, seconds);
    server.serve({ http: httpApis[0], webSocket: webSocketApis[0], functionUrls });

    const outputs = templates.outputs.map(({ name, value }) => [name, localize(String(value))] as const);
    return {
      url: server.url,
      wsUrl: `${server.url.replace('http', 'ws')}/ws`,
      awsEndpoint: endpoint.url,
      templates,
      notices: metadata.flatMap(({ notices = [] }) => notices),
      outputs: Object.fromEntries(outputs),
      crashEnvironments: (pattern) => lambda.crash(pattern),
      expireItems: () => dynamodb.expireItems(),
      async close(graceMs = 3000) {
        for (const stop of stopping.splice(0)) stop();
        server.refuse();
        const deadline = Date.now() + graceMs;
        while (lambda.running > 0 && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20));
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

import { after } from 'node:test';
import { testStreams, testSyncAnswers } from './answers.ts';
import { createClient } from './client.ts';
import { testDeltas } from './deltas.ts';
import { testEvents } from './events.ts';
import { testHostileInput } from './hostile-input.ts';
import { testMetrics } from './metrics.ts';
import { testOpenaiBatches } from './openai-batches.ts';
import { testReadingAndChanging } from './read-and-change.ts';
import { testRefusals } from './refusals.ts';
import { openService } from './service.ts';
import { testServiceRoutes } from './service-routes.ts';
import { testSubmittedTasks } from './submit-tasks.ts';

// The public API over real HTTP and WebSocket. In one file, so that the service is started once.
const service = await openService();
after(() => service.stop());
const client = createClient(service);

testServiceRoutes(client);
testMetrics(client);
testSubmittedTasks(client);
testRefusals(client, service.token === undefined);
testReadingAndChanging(client);
testSyncAnswers(client);
testStreams(service, client);
testEvents(service, client);
testDeltas(service, client);
testOpenaiBatches(service, client);
testHostileInput(service, client);

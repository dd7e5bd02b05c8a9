import { after } from 'node:test';
import { testBackgroundResponses } from './background-responses.ts';
import { testChats } from './chats.ts';
import { testErrors } from './errors.ts';
import { testFaults } from './faults.ts';
import { testFiles } from './files.ts';
import { testFullQueue } from './full-queue.ts';
import { testModelsAndEmbeddings } from './models-and-embeddings.ts';
import { testOtherClients } from './other-clients.ts';
import { testRepeats } from './repeats.ts';
import { testResponses } from './responses.ts';
import { startWorld } from './start-world.ts';
import { testStreams } from './streams.ts';
import { testTools } from './tools.ts';

// Clients of OpenAI's API as they are published, with the base URL and the key changed and nothing else. In one file, so
// that the service is started once.
const world = await startWorld();
after(() => world.close());

testChats(world);
testStreams(world);
testResponses(world);
testBackgroundResponses(world);
testTools(world);
testModelsAndEmbeddings(world);
testOtherClients(world);
testFiles(world);
testErrors(world);
testFaults(world);
testRepeats(world);
testFullQueue(world);

// A host in a process of its own, so that a test can kill it. Prints its addresses as one line of JSON.
import { startHost } from '../../../local/start-host.ts';

const [assemblyDir = '', dataDir = ''] = process.argv.slice(2);
const { url, awsEndpoint, awsCredentials } = await startHost({ assemblyDir, dataDir, port: 0, quiet: true });
console.log(JSON.stringify({ url, awsEndpoint, awsCredentials }));

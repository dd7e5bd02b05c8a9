/** The local host in a process of its own. It gets its settings as JSON, and sends its addresses by IPC. */
import { startService } from '../start-service.ts';

const service = await startService(JSON.parse(process.argv[2] ?? '{}'));
const stop = async () => {
  await service.stop();
  process.exit(0);
};
process.on('disconnect', stop);
process.on('SIGTERM', stop);
const { url, wsUrl, awsEndpoint, awsCredentials } = service.host;
process.send?.({ url, wsUrl, awsEndpoint, awsCredentials });

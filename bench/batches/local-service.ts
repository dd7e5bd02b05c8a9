/** A local host in a process of its own, that may be killed and started again over the same data. */
import { startHost } from '../../local/start-host.ts';

const [assemblyDir = '', dataDir = '', environment = '{}'] = process.argv.slice(2);
const host = await startHost({
  assemblyDir,
  dataDir,
  port: 0,
  environment: JSON.parse(environment),
  quiet: true,
});
const counter = host.countRequests();
process.on('message', () => process.send?.(counter.list()));
process.on('disconnect', () => process.exit(0));
process.send?.({ url: host.url });

import { spawn } from 'node:child_process';
import type { Command } from '../command.ts';

/** The console. */
const page = '/';

export const open: Command = {
  summary: 'open the console in a browser',
  usage: 'open',
  help: 'Prints its URL; on a terminal it also opens it in the browser.',
  options: {},
  async run(_, { client, baseUrl, output, signal }) {
    // Says what is wrong, where a browser would show an empty page.
    await client.health({ signal });
    const url = baseUrl + page;
    output.result({ url }, ({ url }) => url);
    if (!output.json)
      await openBrowser(url).catch(() => output.note('No browser could be opened: open the URL yourself'));
    return;
  },
};

function openBrowser(url: string): Promise<void> {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler']
        : ['xdg-open'];
  return new Promise((resolve, reject) => {
    const child = spawn(command as string, [...args, url], { detached: true, stdio: 'ignore' });
    child.once('error', reject).once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}

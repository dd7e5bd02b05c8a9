import type { Page } from 'playwright-core';

/** What no page may do, from now on: break its policy, throw, or call another address than the service's. */
export function watchFaults(page: Page, serviceUrl: string): string[] {
  const faults: string[] = [];
  const { host } = new URL(serviceUrl);
  const checkAddress = (url: string) => {
    if (!/^(data|blob|about):/.test(url) && new URL(url).host !== host) faults.push(`It calls ${url}`);
  };
  page.on('request', (request) => checkAddress(request.url()));
  page.on('websocket', (socket) => checkAddress(socket.url()));
  page.on('pageerror', (error) => faults.push(`It throws ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    // What the policy refuses, the browser tells here.
    if (message.type() === 'error' && message.text().includes('Content Security Policy'))
      faults.push(message.text());
  });
  return faults;
}

import { existsSync } from 'node:fs';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Says where a browser was looked for. */
export const noBrowser =
  'There is no Chromium here: `apt-get install chromium`, or set CHROMIUM_PATH to the program of one';

/** The program of a Chromium; undefined where there is none. In CI, and where CHROMIUM_PATH names none, it throws. */
export function findBrowser(
  environment: Record<string, string | undefined> = process.env,
): string | undefined {
  const { CHROMIUM_PATH, CI } = environment;
  if (CHROMIUM_PATH && !existsSync(CHROMIUM_PATH))
    throw new Error(`CHROMIUM_PATH names no file: ${CHROMIUM_PATH}`);
  const found = CHROMIUM_PATH || places.find(existsSync);
  if (found === undefined && CI) throw new Error(noBrowser);
  return found;
}

// What the host tells the person who started it. Of a function's JSON log lines only warnings and errors are shown,
// of its other lines all; `quiet` leaves out the latter, and `debug` shows everything.

export interface Log {
  info(line: string): void;
  warn(line: string): void;
  debug(line: string): void;
  /** One line that a function wrote to its console. */
  functionLine(functionName: string, line: string): void;
}

const loud = new Set(['WARN', 'ERROR', 'FATAL', 'CRITICAL']);

/** @param quiet prints warnings and errors alone. @param level `debug` prints everything, `silent` nothing. */
export function createLog({ quiet = false, level = 'info' }: { quiet?: boolean; level?: string }): Log {
  const debugging = level.toLowerCase() === 'debug';
  const silent = level.toLowerCase() === 'silent';
  const error = (line: string) => void (silent || process.stderr.write(`${line}\n`));
  return {
    info: (line) => void (quiet || silent || process.stdout.write(`${line}\n`)),
    warn: error,
    debug: (line) => void (debugging && error(line)),
    functionLine(functionName, line) {
      const record = parse(line);
      const shown = record ? loud.has(String(record.level).toUpperCase()) : !quiet && line.trim() !== '';
      if (debugging || shown) error(`[${functionName}] ${line}`);
    },
  };
}

function parse(line: string): { level?: unknown } | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

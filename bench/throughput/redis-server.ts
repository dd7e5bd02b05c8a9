import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';

export interface RedisServer {
  port: number;
  pid: number;
  stop(): Promise<void>;
}

/** How people keep a queue in Redis that must survive a crash: https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/ */
const durable = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''];

/**
 * A Redis of its own, on loopback and in a temporary folder. The program is `redis-server` on the PATH, or what REDIS_SERVER
 * names. Rejects where there is none.
 */
export async function startRedisServer(): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-service-redis-'));
  const port = await freePort();
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  const child = spawn(process.env.REDIS_SERVER || 'redis-server', [...place, ...durable], {
    stdio: 'ignore',
  });
  const ended = new Promise<Error>((resolve) => {
    child.once('error', resolve);
    child.once('exit', (code) => resolve(new Error(`redis-server ended with ${code}`)));
  });
  const failure = await Promise.race([ended, untilListening(port)]);
  if (failure) {
    await rm(folder, { recursive: true, force: true });
    throw failure;
  }
  return {
    port,
    pid: child.pid ?? 0,
    async stop() {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilListening(port: number): Promise<undefined> {
  for (let tried = 0; tried < 100; tried += 1) {
    const isListening = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.end(() => resolve(true)));
      socket.on('error', () => resolve(false));
    });
    if (isListening) return;
    await sleep(50);
  }
  throw new Error('redis-server does not listen');
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** Runs a file in a process of its own. Answers the first message that it sends, mostly its addresses. */
export async function startProcess<Message>(
  file: string,
  args: string[] = [],
): Promise<{ child: ChildProcess; message: Message }> {
  const child = fork(file, args);
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${file} did not start`))),
  ]);
  return { child, message: message as Message };
}

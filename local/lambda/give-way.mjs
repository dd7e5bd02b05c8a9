// Which thread a processor takes first where there are more than processors.
// Plain JavaScript, as bootstrap.mjs.
import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** A ninth of the share of a thread that has none. */
const niceness = 10;
const lowest = 19;

/** This thread lets others go first. Linux has a niceness for each (setpriority(2), "C library/kernel differences"). */
export function giveWay() {
  try {
    // <process>/task/<thread>
    const [, thread] = readlinkSync('/proc/thread-self').split('/task/');
    setPriority(Number(thread), Math.min(getPriority() + niceness, lowest));
  } catch {
    // Elsewhere, and where the system allows nothing, all are alike.
  }
}

import { priorities } from '../tasks/task.ts';
import { isInTicket } from './carried-tasks.ts';
import { type Lanes, lanePrefix } from './lanes.ts';
import type { QueuedTask } from './task-message.ts';
import type { ReceivedTask, TaskQueues } from './task-queues.ts';

const isOfLane = ({ handle }: ReceivedTask) => handle.startsWith(lanePrefix);

/**
 * Task queues in which no tenant holds up another of the same priority, whatever it has waiting there. A provider's queues are
 * one tenant's; tasks of the others wait in lanes, and a worker takes from the queue and from each tenant's lane in turn. While
 * one tenant has work there are no lanes, and nothing is asked that is not asked without them.
 */
export function createFairQueues(queues: TaskQueues, lanes: Lanes): TaskQueues {
  async function isEmpty(provider: string): Promise<boolean> {
    const { tasks } = await queues.count(provider);
    return priorities.every((priority) => {
      const { visible, inFlight, delayed } = tasks[priority];
      return visible + inFlight + delayed === 0;
    });
  }

  /** In each round the queue has a turn, and so has each tenant with a task in it. */
  async function receiveInTurn(
    ...[provider, priority, visibilitySeconds, waitSeconds]: Parameters<TaskQueues['receive']>
  ): Promise<ReceivedTask | undefined> {
    const waiting = await lanes.list(provider, priority);
    if (waiting.length === 0) await lanes.noteEmpty(provider);
    for (const task of waiting) {
      if (await lanes.takeQueueTurn(provider, priority, task.round)) {
        const found = await queues.receive(provider, priority, visibilitySeconds, 0);
        if (found) return found;
      }
      const taken = await lanes.take(provider, task, visibilitySeconds * 1_000);
      if (taken) return taken;
    }
    return queues.receive(provider, priority, visibilitySeconds, waitSeconds);
  }

  return {
    ...queues,

    async enqueue(tasks) {
      const groups = Object.values(
        Object.groupBy(tasks, ({ provider, message }) => `${provider} ${message.tenant}`),
      );
      const own: QueuedTask[] = [];
      const others: QueuedTask[] = [];
      for (const group of groups) {
        const [first] = group ?? [];
        if (!first || !group) continue;
        const { provider, message } = first;
        const isOwner = await lanes.ownsQueues(provider, message.tenant, () => isEmpty(provider));
        (isOwner ? own : others).push(...group);
      }
      await lanes.add(others);
      const tickets = Object.groupBy(others, ({ provider, delayMs = 0 }) => `${provider} ${delayMs}`);
      for (const same of Object.values(tickets)) {
        const [first] = same ?? [];
        if (first && same) await queues.sendTickets(first.provider, same.length, first.delayMs);
      }
      if (own.length > 0) await queues.enqueue(own);
    },

    receive: (...asked) => (lanes.areInUse(asked[0]) ? receiveInTurn(...asked) : queues.receive(...asked)),

    async deleteMany(tasks) {
      const [ofLanes, ofQueues] = [true, false].map((wanted) =>
        tasks.filter(({ received }) => isOfLane(received) === wanted),
      );
      for (const { provider, received } of ofLanes ?? []) await lanes.delete(provider, received.handle);
      await queues.deleteMany(ofQueues ?? []);
    },

    async setVisibility(provider, task, milliseconds) {
      // It shows with its ticket.
      if (isInTicket(task)) return;
      if (isOfLane(task)) await lanes.setVisibility(provider, task.handle, milliseconds);
      else await queues.setVisibility(provider, task, milliseconds);
    },

    async count(provider) {
      // The lanes first: tickets are counted last, as their tasks are sent before them.
      const ofLanes = await lanes.count(provider);
      const counts = await queues.count(provider);
      const tasks = { ...counts.tasks };
      for (const priority of priorities) {
        const [one, other] = [tasks[priority], ofLanes[priority]];
        tasks[priority] = {
          visible: one.visible + other.visible,
          inFlight: one.inFlight + other.inFlight,
          delayed: one.delayed + other.delayed,
        };
      }
      return { ...counts, tasks };
    },
  };
}

import type { Attempt, Task } from '../../../client/wire.ts';
import { tick } from '../../app/live.ts';
import { formats, words } from '../../app/preferences.ts';
import { hasEnded } from '../../state/task-board.ts';
import { readSteps, type Step } from '../../state/timeline.ts';

export function Timeline({ task }: { task: Task }) {
  if (!hasEnded(task.status)) void tick.value;
  const { timeline } = words.value;
  const steps = readSteps(task, Date.now());
  const whole = Math.max(1, steps.at(-1)?.to ?? 1);
  const start = Date.parse(task.created_at);
  return (
    <section aria-labelledby="timeline">
      <h3 id="timeline">{timeline.title}</h3>
      <div class="track" aria-hidden="true">
        {steps.map((step) => (
          <span
            key={step.from + step.kind}
            class={`stretch stretch-${kindOf(step)}`}
            style={{
              left: `${(step.from / whole) * 100}%`,
              width: `${((step.to - step.from) / whole) * 100}%`,
            }}
          />
        ))}
      </div>
      <ol class="steps">
        <li class="step step-accepted">
          <b>{timeline.accepted}</b>
          <span class="detail">{formats.value.moment(start)}</span>
        </li>
        {steps.map((step, index) => (
          <StepItem key={step.from + step.kind} step={step} start={start} before={steps[index - 2]} />
        ))}
        {hasEnded(task.status) && (
          <li class={`step step-${task.status}`}>
            <b>{words.value.status[task.status]}</b>
            {task.completed_at && (
              <span class="detail">
                {formats.value.moment(Date.parse(task.completed_at))} · {formats.value.duration(whole)}
              </span>
            )}
          </li>
        )}
      </ol>
      {hasEnded(task.status) && (task.timeline ?? []).length === 0 && <p class="hint">{timeline.never}</p>}
    </section>
  );
}

function kindOf(step: Step): string {
  return step.kind === 'attempt' ? step.attempt.outcome : step.kind;
}

/** @param before the attempt before it, where there was one */
function StepItem({ step, start, before }: { step: Step; start: number; before: Step | undefined }) {
  const { timeline } = words.value;
  const own = formats.value;
  const time = `${timeline.at(own.clock(start + step.from))} ${timeline.lasted(own.duration(step.to - step.from))}`;
  if (step.kind === 'wait')
    return (
      <li class="step step-wait">
        <b>{timeline.wait}</b> {step.waitedFor && timeline.waits[step.waitedFor]}
        <span class="detail">{time}</span>
      </li>
    );
  if (step.kind === 'running')
    return (
      <li class="step step-processing">
        <b>{timeline.running}</b>
        <span class="detail">{time}</span>
      </li>
    );
  const isElsewhere = before?.kind === 'attempt' && before.attempt.provider !== step.attempt.provider;
  return (
    <li class={`step step-${step.attempt.outcome}`}>
      {isElsewhere && <em>{timeline.movedTo(step.attempt.provider)}. </em>}
      <AttemptText attempt={step.attempt} time={time} />
    </li>
  );
}

function AttemptText({ attempt, time }: { attempt: Attempt; time: string }) {
  const { timeline, task, failures } = words.value;
  const own = formats.value;
  const { usage } = attempt;
  return (
    <>
      <b>{attempt.attempt === 0 ? timeline.noCall : timeline.attempt(attempt.attempt)}</b>{' '}
      {attempt.attempt > 0 && `${attempt.provider} · ${attempt.model}`}: {timeline.outcomes[attempt.outcome]}
      {attempt.code && (
        <>
          {' '}
          <code class="code">{attempt.code}</code>
          <span class="detail">{failures[attempt.code]}</span>
        </>
      )}
      <span class="detail">
        {[
          time,
          usage && task.usage(own.count(usage.prompt_tokens), own.count(usage.completion_tokens)),
          attempt.cost_usd > 0 && own.cost(attempt.cost_usd),
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </>
  );
}

import { Runs } from './submit/runs.tsx';
import { SubmitForm } from './submit/submit-form.tsx';

export function SubmitView() {
  return (
    <div class="columns">
      <SubmitForm />
      <Runs />
    </div>
  );
}

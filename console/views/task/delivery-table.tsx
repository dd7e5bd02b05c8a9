import type { Delivery } from '../../../client/wire.ts';
import { formats, words } from '../../app/preferences.ts';
import { Scroll } from '../../parts/scroll.tsx';

/** What became of the webhooks of a task or a batch. */
export function DeliveryTable({ deliveries }: { deliveries: readonly Delivery[] }) {
  const { deliveries: names } = words.value;
  return (
    <section aria-labelledby="deliveries">
      <h3 id="deliveries">{names.title}</h3>
      {deliveries.length === 0 ? (
        <p class="detail">{names.none}</p>
      ) : (
        <Scroll label={names.title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{names.event}</th>
                <th scope="col">{names.status}</th>
                <th scope="col" class="number">
                  {names.tries}
                </th>
                <th scope="col">{names.answer}</th>
                <th scope="col" class="number">
                  {names.next}
                </th>
              </tr>
            </thead>
            <tbody>
              {deliveries.map((each) => (
                <tr key={each.event_id}>
                  <th scope="row">
                    {each.event_type} <small class="detail">{each.url}</small>
                  </th>
                  <td class={`delivery-${each.status}`}>{names.statuses[each.status]}</td>
                  <td class="number">{each.attempts}</td>
                  <td>
                    {each.last_status ?? '–'}{' '}
                    {each.last_error && <small class="detail">{each.last_error}</small>}
                  </td>
                  <td class="number">
                    {each.next_attempt_at ? formats.value.clock(Date.parse(each.next_attempt_at)) : '–'}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

const width = 24;

/** Rewrites one line of a terminal; elsewhere writes a line every ten seconds. */
export function createProgressBar(total: number, out: NodeJS.WriteStream, alreadyDone: number) {
  const startedAt = Date.now();
  let toldAt = 0;
  let told = '';
  const line = (done: number, bad: number) => {
    const filled = total === 0 ? width : Math.round((done / total) * width);
    const seconds = (Date.now() - startedAt) / 1000;
    const rate = (done - alreadyDone) / Math.max(seconds, 0.1);
    const left = rate > 0 && done < total ? `, ${duration((total - done) / rate)} left` : '';
    return `[${'█'.repeat(filled)}${'░'.repeat(width - filled)}] ${done}/${total}${bad > 0 ? `, ${bad} not completed` : ''}, ${rate.toFixed(1)}/s${left}`;
  };
  return {
    tell(done: number, bad: number, more = '') {
      const every = out.isTTY ? 100 : 10_000;
      const state = `${done} ${bad}${more}`;
      if (state === told || (Date.now() - toldAt < every && done < total)) return;
      toldAt = Date.now();
      told = state;
      out.write(out.isTTY ? `\r\x1b[K${line(done, bad)}${more}` : `${line(done, bad)}${more}\n`);
    },
    end() {
      if (out.isTTY) out.write('\n');
    },
  };
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  return whole < 3600 ? `${Math.ceil(whole / 60)} min` : `${(whole / 3600).toFixed(1)} h`;
}

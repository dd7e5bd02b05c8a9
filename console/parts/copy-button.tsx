import { useSignal } from '@preact/signals';
import { words } from '../app/preferences.ts';

const shownMs = 1_500;

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const isCopied = useSignal(false);
  const copy = async () => {
    await copyText(text);
    isCopied.value = true;
    setTimeout(() => {
      isCopied.value = false;
    }, shownMs);
  };
  const { start } = words.value;
  return (
    <button type="button" class="quiet" onClick={copy}>
      <span aria-live="polite">{isCopied.value ? start.copied : (label ?? start.copy)}</span>
    </button>
  );
}

/** `navigator.clipboard` is missing in pages that came over plain HTTP from another machine. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
